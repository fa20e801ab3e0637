mod flags;
mod hresult;
mod options;
mod profile;
