mod local;
mod meaning;
mod values;
