//! Values of arrays, as text and in NumPy's form.

use std::io::{self, Write};

use crate::scene::{Element, Picked};

/// Columns of a table without rows that have a title.
const MOST_TITLES: usize = 1000;

/// Writes rows as JSON: numbers, or lists of them where a row has several.
///
/// # Errors
/// Those of `out`.
pub fn array_json(out: &mut impl Write, picked: &Picked) -> io::Result<()> {
    let has_rows = picked.components != 1;
    if !picked.is_single {
        out.write_all(b"[")?;
    }
    let mut at = 0;
    picked.values.texts(|text| {
        let column = at % picked.components.max(1);
        if at > 0 {
            out.write_all(b",")?;
        }
        if has_rows && column == 0 {
            out.write_all(b"[")?;
        }
        // JSON has no word for what is no finite number.
        out.write_all(if text.ends_with(['N', 'f']) { b"null" } else { text.as_bytes() })?;
        if has_rows && column + 1 == picked.components {
            out.write_all(b"]")?;
        }
        at += 1;
        io::Result::Ok(())
    })?;
    if !picked.is_single {
        out.write_all(b"]")?;
    }
    Ok(())
}

/// Writes a header and a line per row. The columns are called by the array's name and a number, as ParaView does.
///
/// # Errors
/// Those of `out`.
pub fn array_csv(out: &mut impl Write, picked: &Picked, name: Option<&str>) -> io::Result<()> {
    let name = name.unwrap_or("value");
    // Without a row, there may be any number of columns.
    let columns = if picked.rows == 0 { picked.components.min(MOST_TITLES) } else { picked.components };
    for column in 0..columns {
        let title = if picked.components == 1 { name.to_owned() } else { format!("{name}:{column}") };
        let comma = if column > 0 { "," } else { "" };
        let needs_quotes = title.contains(['"', ',']) || title.contains(char::is_control);
        if needs_quotes {
            write!(out, "{comma}\"{}\"", title.replace('"', "\"\""))?;
        } else {
            write!(out, "{comma}{title}")?;
        }
    }
    out.write_all(b"\n")?;
    let mut column = 0;
    picked.values.texts(|text| {
        out.write_all(text.as_bytes())?;
        column += 1;
        let is_last = column == picked.components;
        column = if is_last { 0 } else { column };
        out.write_all(if is_last { b"\n" } else { b"," })
    })
}

/// Writes a NumPy file of version 1.0, whose shape is `(rows,)` or `(rows, components)`, or what the array's own is; of
/// a single row `()` or `(components,)`. Bits become bytes. Source of the format: NEP 1, and `numpy/lib/format.py`.
///
/// # Errors
/// Those of `out`.
pub fn array_npy(out: &mut impl Write, picked: &Picked) -> io::Result<()> {
    let kind = match picked.values.element() {
        Element::Bit | Element::U8 => "|u1",
        Element::I8 => "|i1",
        Element::I16 => "<i2",
        Element::U16 => "<u2",
        Element::I32 => "<i4",
        Element::U32 => "<u4",
        Element::I64 => "<i8",
        Element::U64 => "<u8",
        Element::F16 => "<f2",
        Element::F32 => "<f4",
        Element::F64 => "<f8",
    };
    let mut shape = if picked.is_single { Vec::new() } else { vec![picked.rows as u64] };
    match (picked.row.as_slice(), picked.components) {
        ([], 1) => {}
        ([], components) => shape.push(components as u64),
        (row, _) => shape.extend(row),
    }
    let shape = match shape.as_slice() {
        [one] => format!("({one},)"),
        several => format!("({})", several.iter().map(u64::to_string).collect::<Vec<_>>().join(", ")),
    };
    let mut header = format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}");
    // Magic, version and length take ten bytes; the values start at a multiple of 64.
    let end = (10 + header.len() + 1).next_multiple_of(64) - 10;
    header.extend(std::iter::repeat_n(' ', end - header.len() - 1));
    header.push('\n');
    out.write_all(b"\x93NUMPY\x01\x00")?;
    out.write_all(&u16::try_from(header.len()).unwrap_or(u16::MAX).to_le_bytes())?;
    out.write_all(header.as_bytes())?;
    picked.values.blocks(picked.components as u64, |block| out.write_all(block))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scene::Values;

    fn picked(rows: usize, components: usize, is_single: bool) -> Picked {
        let numbers: Vec<u8> =
            [0.1_f32, -2.0, f32::NAN, 1e-5, f32::INFINITY, 1e20].iter().flat_map(|v| v.to_le_bytes()).collect();
        let values = Values::new(numbers.into(), Element::F32, (rows * components) as u64);
        Picked { values, rows, components, row: Vec::new(), is_single }
    }

    fn written(write: impl FnOnce(&mut Vec<u8>) -> io::Result<()>) -> String {
        let mut out = Vec::new();
        write(&mut out).unwrap();
        String::from_utf8_lossy(&out).into_owned()
    }

    #[test]
    fn texts() {
        let json = |rows, components, single| written(|out| array_json(out, &picked(rows, components, single)));
        assert_eq!(json(6, 1, false), "[0.1,-2.0,null,1e-5,null,1e20]");
        assert_eq!(json(2, 3, false), "[[0.1,-2.0,null],[1e-5,null,1e20]]");
        assert_eq!((json(1, 3, true), json(1, 1, true)), ("[0.1,-2.0,null]".into(), "0.1".into()));
        assert_eq!((json(0, 3, false), json(0, 1, false)), ("[]".into(), "[]".into()));
        let csv = |name| written(|out| array_csv(out, &picked(2, 3, false), name));
        assert_eq!(csv(Some("v")), "v:0,v:1,v:2\n0.1,-2.0,NaN\n1e-5,inf,1e20\n");
        assert!(csv(Some("a\"\n,b")).starts_with("\"a\"\"\n,b:0\",\"a\"\"\n,b:1\","));
        assert_eq!(written(|out| array_csv(out, &picked(2, 1, false), None)), "value\n0.1\n-2.0\n");
    }

    #[test]
    fn files_for_numpy() {
        let mut out = Vec::new();
        array_npy(&mut out, &picked(2, 3, false)).unwrap();
        assert_eq!((out.len(), &out[..10]), (128 + 24, &b"\x93NUMPY\x01\x00\x76\x00"[..]));
        assert!(out[10..128].starts_with(b"{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), } "));
        assert_eq!((out[127], &out[128..132]), (b'\n', &0.1_f32.to_le_bytes()[..]));
        let shape = |rows, components, single| written(|out| array_npy(out, &picked(rows, components, single)));
        for ((rows, components, single), text) in
            [((6, 1, false), "(6,)"), ((0, 3, false), "(0, 3)"), ((1, 1, true), "()"), ((1, 3, true), "(3,)")]
        {
            assert!(shape(rows, components, single).contains(&format!("'shape': {text}, }}")), "{text}");
        }
        for (single, text) in [(false, "(1, 3, 2)"), (true, "(3, 2)")] {
            let deep = Picked { row: vec![3, 2], ..picked(1, 6, single) };
            assert!(written(|out| array_npy(out, &deep)).contains(&format!("'shape': {text}, }}")), "{text}");
        }
    }
}
