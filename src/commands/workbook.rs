//! `--workbook`: a tabulation as a workbook, whole or not there, and never over another file. In the folder of
//! the documents it is one of them; elsewhere it stands alone.

use std::path::{Path, PathBuf};

use super::output::{self, Access};
use crate::certify::Certificate;
use crate::load::Input;
use crate::tabulate::Tabulation;
use crate::text::quoted;

/// Where a workbook goes.
pub(super) struct Place {
    folder: PathBuf,
    name: String,
    /// Whether it lies among the documents.
    is_document: bool,
}

impl Place {
    /// Where a file goes, and whether that is the folder of the documents.
    pub(super) fn of(file: &Path, documents: Option<&Path>) -> anyhow::Result<Self> {
        let name = file.file_name().map(|name| name.to_string_lossy().into_owned());
        let is_workbook = file.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("xlsx"));
        let (Some(name), true) = (name, is_workbook) else {
            let shown = quoted(&file.display().to_string());
            let message = format!("--workbook: {shown} is no name of a workbook; it must end in .xlsx");
            return Err(super::CommandError::Usage(message).into());
        };
        anyhow::ensure!(
            cfg!(feature = "xlsx"),
            "--workbook: this program was built without the feature `xlsx`; nothing was tabulated"
        );
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.components().collect());
        let is_document = documents.is_some_and(|documents| real(documents) == real(folder));
        Ok(Self { folder: folder.to_owned(), name, is_document })
    }

    /// Its name, where it lies among the documents.
    pub(super) fn among_documents(&self) -> Option<&str> {
        self.is_document.then_some(self.name.as_str())
    }

    /// Refuses a file that is there, before anything is counted.
    pub(super) fn check(&self, may_replace: bool) -> anyhow::Result<()> {
        output::check(&self.folder, &[&self.name], may_replace)
    }

    /// Refuses to write it over an input, before anything is written.
    pub(super) fn refuse_inputs(&self, inputs: &[Input]) -> anyhow::Result<()> {
        output::refuse_inputs(&self.folder, &[&self.name], inputs)
    }

    /// Writes it where it stands alone.
    pub(super) fn write(
        &self,
        tabulation: &Tabulation,
        certificate: &Certificate,
        access: Access,
    ) -> anyhow::Result<()> {
        if self.is_document {
            return Ok(());
        }
        let made = made(tabulation, certificate)?;
        output::replace(&self.folder, access, &[(&self.name, made.bytes)])
    }

    /// Says what was written where it stands alone.
    pub(super) fn told(&self) -> Option<String> {
        let shown = quoted(&self.folder.join(&self.name).display().to_string());
        (!self.is_document).then(|| format!("wrote {shown}\n"))
    }
}

/// A workbook made.
pub(super) struct Made {
    /// Its bytes.
    pub(super) bytes: Vec<u8>,
}

/// The workbook of a certificate, public or not, and on standard error how many rows found no room in it.
///
/// # Errors
/// What the format or the machine has no room for, and a program without the feature.
#[cfg(feature = "xlsx")]
pub(super) fn made(tabulation: &Tabulation, certificate: &Certificate) -> anyhow::Result<Made> {
    use std::fs::File;
    use std::io::{self, BufReader, BufWriter, Seek, SeekFrom, Write};

    use crate::audit::ledger;
    use crate::render::workbook::{self, Cards};
    use crate::text::counted;

    // A ledger of millions of rows goes by the disk and not by memory.
    let by_disk = |write: &dyn Fn(&mut BufWriter<File>) -> io::Result<()>| -> io::Result<BufReader<File>> {
        let mut out = BufWriter::new(tempfile::tempfile()?);
        write(&mut out)?;
        out.flush()?;
        let mut file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.seek(SeekFrom::Start(0))?;
        Ok(BufReader::new(file))
    };
    let cards = if certificate.public {
        None
    } else {
        let exceptions = by_disk(&|out| ledger::write_exceptions(tabulation, out).map(drop))?;
        let rows = by_disk(&|out| ledger::write(tabulation, out).map(drop))?;
        Some(Cards { exceptions, ledger: rows })
    };
    let made = workbook::render(certificate, cards)?;
    if made.ledger_rows_left_out > 0 {
        let left_out = counted(made.ledger_rows_left_out, "row");
        eprintln!(
            "note: {left_out} of the ledger did not fit a sheet of the workbook; ledger.csv has all of them"
        );
    }
    Ok(Made { bytes: made.bytes })
}

/// The same without the feature.
#[cfg(not(feature = "xlsx"))]
pub(super) fn made(_: &Tabulation, _: &Certificate) -> anyhow::Result<Made> {
    anyhow::bail!("the workbook needs the feature `xlsx`, which this program was built without")
}
