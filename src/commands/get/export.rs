//! `--raw`, `--npy` and `--csv`: an array's values for other programs.

use std::io::{self, Write};

use anyhow::{Context as _, Result};
use bytes::Bytes;

use super::value::{look_up, misfit, place, rows};
use crate::cli::{ArrayForm, GetArgs};
use crate::commands::{Context, Refused, UsageError};
use crate::render::{array_csv, array_npy};
use crate::scene::{ObjectId, Picked, Scene, SlicedPath};
use crate::snapshot::{AtomicFile, SnapshotError};

/// Refuses what makes no sense before anything is read.
pub(super) fn check(context: &Context, args: &GetArgs) -> Result<(), UsageError> {
    let is_binary = matches!(args.form.chosen(), Some(ArrayForm::Raw | ArrayForm::Npy));
    if is_binary && context.out.is_terminal && to_stdout(args) {
        let text = String::from("the values are binary: they are not written to a terminal");
        return Err(UsageError { text, hint: Some("redirect stdout, or -o FILE keeps them") });
    }
    Ok(())
}

fn to_stdout(args: &GetArgs) -> bool {
    args.output.as_deref().is_none_or(|output| output.as_os_str() == "-")
}

/// Writes the values of the one array that is meant; false where its blob has another size than it should have.
pub(super) fn run(
    context: &mut Context,
    args: &GetArgs,
    scene: &Scene,
    ids: &[ObjectId],
    path: &SlicedPath,
) -> Result<bool> {
    let [id] = ids else {
        let text = format!("`{}` matches {} objects: the values of one array can be written", args.selector, ids.len());
        return Err(UsageError { text, hint: Some("`scenectl ls SOURCE SELECTOR` lists them; an id names one") }.into());
    };
    let found = look_up(scene, id, &path.path)?;
    let object = found.object.as_ref();
    let Some((object, array)) = object.and_then(|object| Some((object, scene.array(object)?))) else {
        let text = format!("{} is no array with values in a blob", place(scene, id, &path.path));
        return Err(Refused { text, hint: Some("without --raw, --npy and --csv its value is printed as JSON") }.into());
    };
    let misfit = misfit(scene, &array);
    if let Some(misfit) = &misfit {
        context.warn(format!("{}: {misfit}", scene.describe(object)));
    }
    let name = scene.head(object).and_then(|head| head.name.map(std::borrow::Cow::into_owned));
    let form = args.form.chosen();
    // The whole blob is what it is, whatever is in it.
    let content = match (form, path.slice, &array.hash) {
        (Some(ArrayForm::Raw), None, Some(hash)) => Content::Blob(blob(scene, object, hash)?),
        _ => Content::Rows(rows(scene, object, &array, path.slice)?),
    };
    match args.output.as_deref().filter(|_| !to_stdout(args)) {
        None => content.write(context.out.writer(), form, name.as_deref())?,
        Some(file) => {
            let mut out = AtomicFile::create(file, args.force)?;
            let written = content.write(&mut out, form, name.as_deref());
            written.map_err(|source| SnapshotError::Io { verb: "write", path: file.to_owned(), source })?;
            out.commit()?;
        }
    }
    Ok(misfit.is_none())
}

fn blob(scene: &Scene, object: &ObjectId, hash: &str) -> Result<Bytes> {
    let place = scene.describe(object);
    let found = scene.require_blob(hash).map_err(|error| Refused { text: format!("{place}: {error}"), hint: None })?;
    found.read().with_context(|| format!("{place}: blob {hash} cannot be read"))
}

enum Content {
    Blob(Bytes),
    Rows(Picked),
}

impl Content {
    fn write(&self, out: &mut impl Write, form: Option<ArrayForm>, name: Option<&str>) -> io::Result<()> {
        match (self, form) {
            (Self::Blob(bytes), _) => out.write_all(bytes),
            (Self::Rows(picked), Some(ArrayForm::Npy)) => array_npy(out, picked),
            (Self::Rows(picked), Some(ArrayForm::Csv)) => array_csv(out, picked, name),
            (Self::Rows(picked), _) => picked.values.blocks(picked.components as u64, |block| out.write_all(block)),
        }
    }
}
