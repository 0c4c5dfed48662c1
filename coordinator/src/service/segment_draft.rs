//! A segment to save that did not come as a YAML document.

use std::collections::BTreeMap;

use tagma_core::{
    ErrorKind,
    document::is_language,
    schema::Name,
    segment::{SegmentDefinition, print},
    time::zone,
};

use super::Written;
use crate::error::{Error, Result};

/// What a client wants to save.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SegmentDraft {
    pub(crate) name: String,
    pub(crate) expression: Written,
    pub(crate) display: BTreeMap<String, String>,
    pub(crate) owner: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) timezone: Option<String>,
}

impl SegmentDraft {
    /// The definition; a tree is saved with its text. The names in it are not looked up yet.
    ///
    /// # Errors
    /// Invalid, with the segment's name.
    pub(crate) fn define(self) -> Result<SegmentDefinition> {
        let segment = self.name.clone();
        self.checked()
            .map_err(|error| Error::new(error.kind(), format!("segment `{segment}`: {error}")))
    }

    fn checked(self) -> Result<SegmentDefinition> {
        let name =
            Name::new(&self.name).map_err(|error| Error::wrap(ErrorKind::Invalid, &error))?;
        if let Some(timezone) = &self.timezone {
            zone(timezone).map_err(|error| Error::wrap(ErrorKind::Invalid, &error))?;
        }
        let wrong =
            |(language, text): &(&String, &String)| !is_language(language) || text.is_empty();
        if let Some((language, _)) = self.display.iter().find(wrong) {
            let message = format!("`display.{language}` is no display name");
            return Err(Error::new(ErrorKind::Invalid, message));
        }
        let written = match &self.expression {
            Written::Text(text) => Some(text.clone()),
            Written::Tree(_) => None,
        };
        let expr = self.expression.read()?;
        Ok(SegmentDefinition {
            name,
            text: written.unwrap_or_else(|| print(&expr)),
            expr,
            display: self.display,
            owner: self.owner,
            description: self.description,
            timezone: self.timezone,
        })
    }
}
