//! Names of people who do not exist, of the origins found in an English county.

/// Given names of men and boys, older ones first: an age picks its own part of the list.
#[rustfmt::skip]
pub(crate) const MALE: [&str; 96] = [
    "Arthur", "Albert", "Walter", "Harold", "Ernest", "Stanley", "Norman", "Ronald", "Dennis",
    "Kenneth", "Raymond", "Derek", "Gordon", "Roy", "Eric", "Frank", "Donald", "Geoffrey", "Brian",
    "Peter", "John", "David", "Michael", "Alan", "Roger", "Keith", "Terence", "Anthony", "Colin",
    "Graham", "Trevor", "Barry", "Stephen", "Paul", "Ian", "Kevin", "Philip", "Nigel", "Neil",
    "Martin", "Gary", "Andrew", "Mark", "Simon", "Stuart", "Craig", "Darren", "Jason", "Wayne",
    "Lee", "Mohammed", "Imran", "Rajesh", "Sanjay", "Piotr", "Tomasz", "Marek", "Wei", "Kwame",
    "Chidi", "Olu", "Richard", "Matthew", "Christopher", "James", "Daniel", "Adam", "Thomas",
    "Benjamin", "Luke", "Ryan", "Jamie", "Liam", "Connor", "Callum", "Jordan", "Kieran", "Joshua",
    "Jack", "Harry", "Oliver", "Charlie", "George", "Alfie", "Muhammad", "Yusuf", "Ibrahim",
    "Jakub", "Kacper", "Aarav", "Rohan", "Noah", "Leo", "Theo", "Arlo", "Luca",
];

/// Given names of women and girls, older ones first.
#[rustfmt::skip]
pub(crate) const FEMALE: [&str; 96] = [
    "Edith", "Doris", "Gladys", "Winifred", "Hilda", "Marjorie", "Phyllis", "Vera", "Joan",
    "Dorothy", "Margaret", "Mary", "Kathleen", "Eileen", "Beryl", "Audrey", "Sheila", "Jean",
    "Barbara", "Maureen", "Brenda", "Pauline", "Patricia", "Sylvia", "Ann", "Christine", "Judith",
    "Janet", "Susan", "Linda", "Carol", "Gillian", "Jacqueline", "Lesley", "Elaine", "Denise",
    "Julie", "Karen", "Deborah", "Alison", "Tracey", "Sharon", "Helen", "Jane", "Amanda", "Michelle",
    "Joanne", "Nicola", "Samantha", "Fatima", "Ayesha", "Priya", "Sunita", "Agnieszka", "Katarzyna",
    "Malgorzata", "Mei", "Adaeze", "Abena", "Claire", "Rachel", "Sarah", "Emma", "Laura", "Rebecca",
    "Gemma", "Kelly", "Stacey", "Natalie", "Hannah", "Charlotte", "Jessica", "Lauren", "Bethany",
    "Chloe", "Megan", "Georgia", "Shannon", "Paige", "Ellie", "Sophie", "Olivia", "Amelia",
    "Isabella", "Maryam", "Zainab", "Zuzanna", "Maja", "Anaya", "Aisha", "Ava", "Isla", "Ivy",
    "Freya", "Willow", "Ottilie",
];

/// Family names.
#[rustfmt::skip]
pub(crate) const FAMILY: [&str; 190] = [
    "Smith", "Jones", "Taylor", "Brown", "Williams", "Wilson", "Johnson", "Davies", "Robinson",
    "Wright", "Thompson", "Evans", "Walker", "White", "Roberts", "Green", "Hall", "Wood", "Jackson",
    "Clarke", "Hughes", "Edwards", "Harris", "Lewis", "Cooper", "Ward", "Turner", "Hill", "Moore",
    "Clark", "Baker", "Harrison", "King", "Morris", "Watson", "Allen", "Martin", "Phillips", "Lee",
    "Parker", "Bennett", "Price", "Griffiths", "Shaw", "Cox", "Bailey", "Carter", "Richardson",
    "Simpson", "Collins", "Marshall", "Bell", "Ellis", "Foster", "Murphy", "Kelly", "Byrne",
    "O'Connor", "O'Neill", "Gallagher", "Doyle", "Ryan", "Walsh", "McCarthy", "Campbell", "Stewart",
    "MacDonald", "Fraser", "Murray", "Reid", "Khan", "Ahmed", "Hussain", "Ali", "Begum", "Malik",
    "Iqbal", "Shah", "Patel", "Sharma", "Gupta", "Desai", "Kaur", "Singh", "Gill", "Dhillon",
    "Chowdhury", "Rahman", "Miah", "Islam", "Kowalski", "Nowak", "Wiśniewski", "Zieliński",
    "Lewandowska", "Kamińska", "Popescu", "Ionescu", "Petrov", "Horvat", "Novák", "Kovács", "Okafor",
    "Adeyemi", "Nwosu", "Balogun", "Mensah", "Owusu", "Boateng", "Mwangi", "Otieno", "Dube", "Moyo",
    "Ndlovu", "Chen", "Wong", "Lam", "Chan", "Nguyen", "Tran", "Santos", "Reyes", "Silva", "Costa",
    "Ferreira", "Rossi", "Russo", "Greco", "García", "López", "Müller", "Schmidt", "Öztürk", "Yılmaz",
    "Haddad", "Rahimi", "Karimi", "Massey", "Cholmondeley", "Brereton", "Venables", "Dutton",
    "Leigh", "Hulme", "Ashworth", "Bebbington", "Birchall", "Bostock", "Bracegirdle", "Burgess",
    "Cheetham", "Darlington", "Dodd", "Egerton", "Fallows", "Garnett", "Goodier", "Hassall",
    "Heathcote", "Hewitt", "Holford", "Hough", "Jepson", "Kettle", "Kirkham", "Lathom", "Lowe",
    "Maddock", "Mainwaring", "Mottershead", "Newall", "Oakes", "Okell", "Penney", "Platt", "Podmore",
    "Rathbone", "Sandbach", "Savage", "Shufflebotham", "Snelson", "Stubbs", "Swindells", "Tapley",
    "Tonge", "Unsworth", "Vawdrey", "Wainwright", "Warburton", "Whalley",
];

/// Languages that an interpreter is needed for: code, name.
#[rustfmt::skip]
pub(crate) const LANGUAGES: [(&str, &str); 8] = [
    ("pl", "Polish"), ("ur", "Urdu"), ("ro", "Romanian"), ("bn", "Bengali"), ("zh", "Chinese"),
    ("ar", "Arabic"), ("pt", "Portuguese"), ("bfi", "British Sign Language"),
];
