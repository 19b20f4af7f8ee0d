//! Style sheets, script and icon, compiled in. Their addresses carry a hash of their content, so a
//! browser may keep them for ever.

use std::{
    hash::{DefaultHasher, Hasher},
    sync::LazyLock,
};

/// One file that pages load.
#[derive(Clone, Debug)]
pub struct Asset {
    /// Its name: `nhsuk.css`.
    pub name: &'static str,
    /// Its media type.
    pub media_type: &'static str,
    /// Its bytes.
    pub bytes: &'static [u8],
    /// Its address, with the hash of its bytes.
    pub url: String,
}

static ASSETS: LazyLock<[Asset; 5]> = LazyLock::new(|| {
    [
        asset(
            "nhsuk.css",
            "text/css; charset=utf-8",
            include_bytes!("../assets/built/nhsuk.css"),
        ),
        asset(
            "nhsuk.js",
            "text/javascript",
            include_bytes!("../assets/built/nhsuk.js"),
        ),
        asset(
            "tributary.css",
            "text/css; charset=utf-8",
            include_bytes!("../assets/tributary.css"),
        ),
        asset(
            "tributary.js",
            "text/javascript",
            include_bytes!("../assets/tributary.js"),
        ),
        asset(
            "tributary.svg",
            "image/svg+xml",
            include_bytes!("../assets/tributary.svg"),
        ),
    ]
});

/// Every asset.
#[must_use]
pub fn assets() -> &'static [Asset] {
    &*ASSETS
}

/// The address of an asset, for templates.
pub(crate) fn url(name: &str) -> &'static str {
    named(name).map_or("", |asset| asset.url.as_str())
}

/// The asset of a name.
pub(crate) fn named(name: &str) -> Option<&'static Asset> {
    ASSETS.iter().find(|asset| asset.name == name)
}

fn asset(name: &'static str, media_type: &'static str, bytes: &'static [u8]) -> Asset {
    let mut hasher = DefaultHasher::new();
    hasher.write(bytes);
    Asset {
        name,
        media_type,
        bytes,
        url: format!("/assets/{name}?v={:016x}", hasher.finish()),
    }
}
