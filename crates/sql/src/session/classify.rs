//! Which kind of error DataFusion's errors are.

use datafusion::common::DataFusionError;
use tagma_core::ErrorKind;

use crate::run;
use crate::tables::PeopleError;

/// What the caller of a query should do about `error`.
///
/// Damage that the verified reader found surfaces wrapped in errors of Parquet, the object store
/// and DataFusion: it is looked for first.
pub(crate) fn kind_of(error: &DataFusionError) -> ErrorKind {
    if let Some(found) = run::find(error) {
        return found.kind();
    }
    if let Some(found) = find_people(error) {
        return found.kind();
    }
    match error.find_root() {
        DataFusionError::ResourcesExhausted(_) => ErrorKind::Exhausted,
        DataFusionError::ParquetError(_) => ErrorKind::Corrupt,
        DataFusionError::ObjectStore(_) | DataFusionError::IoError(_) => ErrorKind::Unavailable,
        DataFusionError::Internal(_)
        | DataFusionError::ExecutionJoin(_)
        | DataFusionError::External(_)
        | DataFusionError::Configuration(_) => ErrorKind::Internal,
        _ => ErrorKind::Invalid,
    }
}

fn find_people<'a>(error: &'a (dyn std::error::Error + 'static)) -> Option<&'a PeopleError> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        next = error.source();
    }
    None
}
