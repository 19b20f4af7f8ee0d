// A browser without pages: follows what it is told, one step at a time, with a jar of cookies.

export class Agent {
  constructor(base) {
    this.base = base;
    this.cookies = new Map();
  }

  // The answer itself; redirections are not followed.
  async asks(address, options = {}) {
    const url = new URL(address, this.base);
    const headers = { ...options.headers };
    if (this.cookies.size > 0) {
      headers.cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    }
    const answer = await fetch(url, { ...options, headers, redirect: 'manual' });
    for (const line of answer.headers.getSetCookie()) {
      const [pair] = line.split(';');
      const at = pair.indexOf('=');
      const [name, value] = [pair.slice(0, at), pair.slice(at + 1)];
      const gone = value === '' || /expires=thu, 01 jan 1970/i.test(line);
      if (gone) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    const location = answer.headers.get('location');
    return {
      url: url.href,
      status: answer.status,
      text: await answer.text(),
      to: location && new URL(location, url).href,
    };
  }

  async sends(address, fields) {
    return this.asks(address, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'sec-fetch-site': 'same-origin',
      },
      body: new URLSearchParams(fields).toString(),
    });
  }

  // Follows redirections until there is a page, or until one leads where it is told to stop.
  async goes(address, stopAt = null) {
    let answer = await this.asks(address);
    for (let steps = 0; answer.to && steps < 15; steps += 1) {
      if (stopAt && answer.to.startsWith(stopAt)) return { ...answer, stopped: true };
      answer = await this.asks(answer.to);
    }
    return answer;
  }
}
