//! The shape of the bytes: Alertmanager's `webhook.Message` (0.25 … 0.34) and what Grafana adds.
//!
//! A field of an unexpected type is read as text where that makes sense and as empty otherwise: a sender's new idea
//! must not silence its alerts.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct WireWebhook {
    pub(super) group_key: Option<Text>,
    pub(super) receiver: Text,
    pub(super) status: Text,
    pub(super) truncated_alerts: Count,
    pub(super) group_labels: Pairs,
    pub(super) common_labels: Pairs,
    pub(super) common_annotations: Pairs,
    pub(super) route_labels: Pairs,
    #[serde(rename = "externalURL")]
    pub(super) external_url: Text,
    #[serde(rename = "notification_reason")]
    pub(super) notification_reason: Text,
    pub(super) alerts: Option<Vec<WireAlert>>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct WireAlert {
    pub(super) status: Text,
    pub(super) labels: Pairs,
    pub(super) annotations: Pairs,
    pub(super) starts_at: Text,
    pub(super) ends_at: Text,
    #[serde(rename = "generatorURL")]
    pub(super) generator_url: Text,
    pub(super) fingerprint: Text,
    #[serde(rename = "dashboardURL")]
    pub(super) dashboard_url: Text,
    #[serde(rename = "panelURL")]
    pub(super) panel_url: Text,
    #[serde(rename = "silenceURL")]
    pub(super) silence_url: Text,
    pub(super) value_string: Text,
}

/// Text, or the text of a number or truth value; anything else is empty.
#[derive(Default)]
pub(super) struct Text(pub(super) String);

impl Text {
    /// The text, or another one when there is none.
    pub(super) fn or(self, other: Self) -> String {
        if self.0.is_empty() { other.0 } else { self.0 }
    }
}

/// A count, or the text of one; anything else is zero.
#[derive(Default)]
pub(super) struct Count(pub(super) u64);

/// An object of texts; anything else is empty.
#[derive(Default)]
pub(super) struct Pairs(pub(super) BTreeMap<String, String>);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyText(PhantomData)).map(Self)
    }
}

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Text::deserialize(deserializer).map(|text| Self(text.0.trim().parse().unwrap_or(0)))
    }
}

impl<'de> Deserialize<'de> for Pairs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyPairs(PhantomData)).map(Self)
    }
}

/// What a visitor of any JSON value needs in order to take the unexpected as empty.
macro_rules! empty_for_the_rest {
    ($value:ty) => {
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("any JSON value")
        }
        fn visit_unit<E>(self) -> Result<$value, E> {
            Ok(<$value>::default())
        }
        fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<$value, A::Error> {
            while items.next_element::<IgnoredAny>()?.is_some() {}
            Ok(<$value>::default())
        }
    };
}

struct AnyText<'de>(PhantomData<&'de ()>);

impl<'de> Visitor<'de> for AnyText<'de> {
    type Value = String;
    empty_for_the_rest!(String);

    fn visit_str<E>(self, text: &str) -> Result<String, E> {
        Ok(text.to_owned())
    }
    fn visit_string<E>(self, text: String) -> Result<String, E> {
        Ok(text)
    }
    fn visit_bool<E>(self, value: bool) -> Result<String, E> {
        Ok(value.to_string())
    }
    fn visit_i64<E>(self, value: i64) -> Result<String, E> {
        Ok(value.to_string())
    }
    fn visit_u64<E>(self, value: u64) -> Result<String, E> {
        Ok(value.to_string())
    }
    fn visit_f64<E>(self, value: f64) -> Result<String, E> {
        Ok(value.to_string())
    }
    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<String, A::Error> {
        while entries.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(String::new())
    }
}

struct AnyPairs<'de>(PhantomData<&'de ()>);

impl<'de> Visitor<'de> for AnyPairs<'de> {
    type Value = BTreeMap<String, String>;
    empty_for_the_rest!(BTreeMap<String, String>);

    fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
        Ok(BTreeMap::new())
    }
    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(BTreeMap::new())
    }
    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(BTreeMap::new())
    }
    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(BTreeMap::new())
    }
    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(BTreeMap::new())
    }
    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        let mut pairs = BTreeMap::new();
        while let Some((name, value)) = entries.next_entry::<String, Text>()? {
            pairs.insert(name, value.0);
        }
        Ok(pairs)
    }
}
