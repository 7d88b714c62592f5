//! The wire protocol of dqlite, as far as asking needs it: three questions and four kinds of answers.
//!
//! What is not here is the point. The protocol also adds, removes and promotes members, hands leadership over, and dumps
//! whole databases; none of those requests can be built from this module, because [`Request`] has three variants and
//! nothing else makes bytes. A request that is not in the code cannot be sent by mistake.
//!
//! Form (dqlite `src/protocol.h`, `src/request.h`, `src/response.h`): a head of 8 bytes (u32 little endian, the size of the
//! body in words of 8 bytes; u8 kind; u8 schema; 2 unused), then the body. Numbers are u64 little endian; a text ends with
//! a zero and is padded to a whole word. Versions 1.11 to 1.18 speak it alike.

mod cursor;
#[cfg(test)]
mod tests;

use cursor::Cursor;

/// What is sent once after connecting: the version of the protocol. It is not answered.
pub const HELLO: [u8; 8] = 1_u64.to_le_bytes();

/// Bytes of a head.
pub const HEAD_BYTES: usize = 8;

/// Bytes of the largest answer that is taken: room for a thousand members with long names.
pub const BODY_LIMIT: usize = 64 * 1024;

/// Bytes of the longest address: a host name, a colon and a port.
const ADDRESS_LIMIT: usize = 253 + 6;

/// Bytes of a failure's text that are kept.
const MESSAGE_LIMIT: usize = 200;

/// Everything that can be asked. Each is answered from the memory of the node that is asked and changes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Request {
    /// Who leads? (code 0)
    Leader,
    /// Who belongs to the cluster, in which role? (code 16, format 1)
    Cluster,
    /// In which failure domain are you, and how heavy? (code 18, format 0)
    Describe,
}

impl Request {
    /// Every question, in the order in which they are asked.
    pub const ALL: [Request; 3] = [Request::Leader, Request::Cluster, Request::Describe];

    /// The message: one word of head, one of body.
    #[must_use]
    pub fn encoded(self) -> [u8; 16] {
        let (code, argument) = match self {
            Request::Leader => (0, 0),
            Request::Cluster => (16, 1),
            // Any other format makes a node answer twice, and the answers of the connection no longer match.
            Request::Describe => (18, 0),
        };
        let mut bytes = [0; 16];
        bytes[0] = 1;
        bytes[4] = code;
        bytes[8] = argument;
        bytes
    }
}

/// Kinds of answers.
mod kind {
    pub(super) const FAILURE: u8 = 0;
    pub(super) const SERVER: u8 = 1;
    pub(super) const SERVERS: u8 = 3;
    pub(super) const METADATA: u8 = 10;
}

/// Why an answer is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It announces more than [`BODY_LIMIT`].
    #[error("it announces an answer of {0} bytes")]
    Long(u64),
    /// It ends before what it must hold.
    #[error("its answer ends too early")]
    Short,
    /// A kind of answer that the question does not have.
    #[error("its answer is of kind {found} instead of {expected}")]
    Kind {
        /// The kind that belongs to the question.
        expected: u8,
        /// The kind that came.
        found: u8,
    },
    /// A form of the answer that this version does not know.
    #[error("its answer has the unknown schema {0}")]
    Schema(u8),
    /// A text without end, longer than an address can be, or not UTF-8.
    #[error("an address in its answer is no text")]
    Text,
    /// A role that is none of the three.
    #[error("a member has the unknown role {0}")]
    Role(u64),
    /// The node answered, and the answer was no.
    #[error("it says no: {message} ({code})")]
    Failure {
        /// dqlite's number: 1005 for what it does not know, 10250 for "not leader".
        code: u64,
        /// Its words, cut after 200 bytes and cleaned of control characters.
        message: String,
    },
}

/// The head of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// What kind of answer follows.
    pub kind: u8,
    /// In which form.
    pub schema: u8,
    /// Bytes of its body; at most [`BODY_LIMIT`].
    pub body_bytes: usize,
}

impl Head {
    /// Reads a head.
    ///
    /// # Errors
    /// [`Refusal::Long`]: it announces more than is taken. [`Refusal::Short`]: it announces nothing.
    pub fn decode(bytes: [u8; HEAD_BYTES]) -> Result<Head, Refusal> {
        let [a, b, c, d, kind, schema, _, _] = bytes;
        let announced = u64::from(u32::from_le_bytes([a, b, c, d])) * 8;
        match usize::try_from(announced) {
            Ok(0) => Err(Refusal::Short),
            Ok(body_bytes) if body_bytes <= BODY_LIMIT => Ok(Head { kind, schema, body_bytes }),
            _ => Err(Refusal::Long(announced)),
        }
    }
}

/// The leader that a node names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leader {
    /// Its id; never 0.
    pub id: u64,
    /// Its address.
    pub address: String,
}

/// What a member is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// Votes and holds the data.
    Voter,
    /// Holds the data and can be promoted at once.
    Standby,
    /// Holds nothing.
    Spare,
}

impl Role {
    /// Every role, by its number.
    pub const ALL: [Role; 3] = [Role::Voter, Role::Standby, Role::Spare];
    /// Every word that [`Role::word`] can give.
    pub const WORDS: &'static [&'static str] = &["voter", "standby", "spare"];

    /// The role as a label value.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::WORDS[self as usize]
    }

    /// The role of a number, as the wire and `cluster.yaml` write it.
    #[must_use]
    pub fn of(number: u64) -> Option<Role> {
        Role::ALL.get(usize::try_from(number).ok()?).copied()
    }
}

/// One row of the table of members.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Its id: a random 64-bit number, beyond what a float can hold.
    pub id: u64,
    /// Host and port.
    pub address: String,
    /// What it is for.
    pub role: Role,
}

/// What a node says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Description {
    /// What can fail as one.
    pub failure_domain: u64,
    /// The heavier, the later it is chosen as a voter.
    pub weight: u64,
}

/// The answer to [`Request::Leader`]; nothing if the node does not know. Standbys and spares never know.
///
/// # Errors
/// [`Refusal`].
pub fn leader(head: Head, body: &[u8]) -> Result<Option<Leader>, Refusal> {
    let mut cursor = open(head, body, kind::SERVER)?;
    let leader = Leader { id: cursor.number()?, address: cursor.text(ADDRESS_LIMIT)? };
    Ok((leader.id != 0).then_some(leader))
}

/// The answer to [`Request::Cluster`]: the node's own table, which may be stale. A spare's may be empty.
///
/// # Errors
/// [`Refusal`].
pub fn cluster(head: Head, body: &[u8]) -> Result<Vec<Member>, Refusal> {
    let mut cursor = open(head, body, kind::SERVERS)?;
    let count = cursor.number()?;
    // The count is a promise; a body that cannot hold it is not waited for row by row.
    if count > cursor.left() / SMALLEST_ROW {
        return Err(Refusal::Short);
    }
    (0..count).map(|_| member(&mut cursor)).collect()
}

/// A row with an empty address: id, one word of text, role.
const SMALLEST_ROW: u64 = 24;

fn member(cursor: &mut Cursor<'_>) -> Result<Member, Refusal> {
    let (id, address, role) = (cursor.number()?, cursor.text(ADDRESS_LIMIT)?, cursor.number()?);
    Ok(Member { id, address, role: Role::of(role).ok_or(Refusal::Role(role))? })
}

/// The answer to [`Request::Describe`].
///
/// # Errors
/// [`Refusal`].
pub fn description(head: Head, body: &[u8]) -> Result<Description, Refusal> {
    let mut cursor = open(head, body, kind::METADATA)?;
    Ok(Description { failure_domain: cursor.number()?, weight: cursor.number()? })
}

/// The body of an answer of the expected kind.
fn open(head: Head, body: &[u8], expected: u8) -> Result<Cursor<'_>, Refusal> {
    let mut cursor = Cursor::new(body);
    match head {
        Head { kind: kind::FAILURE, .. } => {
            Err(Refusal::Failure { code: cursor.number()?, message: cursor.words(MESSAGE_LIMIT) })
        }
        Head { kind: found, .. } if found != expected => Err(Refusal::Kind { expected, found }),
        Head { schema, .. } if schema != 0 => Err(Refusal::Schema(schema)),
        _ => Ok(cursor),
    }
}
