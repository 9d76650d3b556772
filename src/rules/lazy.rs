//! A part of the catalogue that is unpacked when it is first looked at: most
//! rules are never looked at in a run, and their texts hardly ever.

use std::ops::Deref;
use std::sync::OnceLock;

use serde::de::DeserializeOwned;
use serde::{Serialize, Serializer};

/// A `T` as the build script packed it, or as it was read from a user's file.
///
/// What is packed was written by the build script from a `T`, and a test
/// unpacks all of it; bytes that are none would give the empty `T`.
#[derive(Debug, Clone)]
pub struct Lazy<T> {
    packed: &'static [u8],
    value: OnceLock<T>,
}

impl<T> Lazy<T> {
    /// What `packed` holds; it is not looked at yet.
    pub fn packed(packed: &'static [u8]) -> Self {
        Lazy { packed, value: OnceLock::new() }
    }
}

impl<T: DeserializeOwned + Default> Lazy<T> {
    /// Whether it comes from the build script.
    pub fn is_built_in(&self) -> bool {
        !self.packed.is_empty()
    }

    /// A copy for who keeps it anyway: what is packed stays packed here.
    pub fn copied(&self) -> T
    where
        T: Clone,
    {
        self.value.get().cloned().unwrap_or_else(|| unpacked(self.packed))
    }
}

fn unpacked<T: DeserializeOwned + Default>(packed: &[u8]) -> T {
    postcard::from_bytes(packed).unwrap_or_default()
}

impl<T: DeserializeOwned + Default> Deref for Lazy<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.value.get_or_init(|| unpacked(self.packed))
    }
}

impl<T> From<T> for Lazy<T> {
    fn from(value: T) -> Self {
        Lazy { packed: &[], value: OnceLock::from(value) }
    }
}

impl<T: Default> Default for Lazy<T> {
    fn default() -> Self {
        T::default().into()
    }
}

impl<T: DeserializeOwned + Default + PartialEq> PartialEq for Lazy<T> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl<T: DeserializeOwned + Default + Serialize> Serialize for Lazy<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (**self).serialize(serializer)
    }
}
