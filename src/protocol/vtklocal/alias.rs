//! What is the same in VTK though it is called differently, and what differs though nothing did.
//!
//! Seen in the states of VTK 9.4.2 to 9.7.2: the object factory puts the class of the platform in the
//! place of the one that was asked for, and arrays of integers changed their class in 9.6.

use std::borrow::Cow;

use crate::scene::Element;

/// The class as it is called on every platform and in every version.
pub(super) fn canonical(class: &str) -> Cow<'_, str> {
    if class.ends_with("RenderWindowInteractor") {
        return Cow::Borrowed("vtkRenderWindowInteractor");
    }
    if class.ends_with("RenderWindow") {
        return Cow::Borrowed("vtkRenderWindow");
    }
    if let Cow::Owned(plain) = without_platform(class) {
        return Cow::Owned(plain);
    }
    if class.ends_with("Array") || class.ends_with('>') {
        return element_of(class).map_or(Cow::Borrowed(class), |element| Cow::Borrowed(array_class(element)));
    }
    Cow::Borrowed(class)
}

/// A class without what names its platform: `vtkActor` for `vtkOpenGLActor`.
pub(super) fn without_platform(class: &str) -> Cow<'_, str> {
    let rest = ["vtkOpenGL", "vtkWebGPU"].iter().find_map(|platform| class.strip_prefix(platform));
    rest.map_or(Cow::Borrowed(class), |rest| Cow::Owned(format!("vtk{rest}")))
}

/// The type of an array class's values, as a 64-bit server writes them.
pub(super) fn element_of(class: &str) -> Option<Element> {
    let name = match class.split_once('<') {
        Some((_, inner)) => inner.strip_suffix('>')?,
        None => class.strip_prefix("vtk")?.strip_suffix("Array")?,
    };
    Some(match name {
        "Bit" => Element::Bit,
        "Char" | "SignedChar" | "TypeInt8" | "char" | "signed char" => Element::I8,
        "UnsignedChar" | "TypeUInt8" | "unsigned char" => Element::U8,
        "Short" | "TypeInt16" | "short" => Element::I16,
        "UnsignedShort" | "TypeUInt16" | "unsigned short" => Element::U16,
        "Int" | "TypeInt32" | "int" => Element::I32,
        "UnsignedInt" | "TypeUInt32" | "unsigned int" => Element::U32,
        "IdType" | "Long" | "LongLong" | "TypeInt64" | "long" | "long long" => Element::I64,
        "UnsignedLong" | "UnsignedLongLong" | "TypeUInt64" | "unsigned long" | "unsigned long long" => Element::U64,
        "Float" | "TypeFloat32" | "float" => Element::F32,
        "Double" | "TypeFloat64" | "double" => Element::F64,
        _ => return None,
    })
}

fn array_class(element: Element) -> &'static str {
    match element {
        Element::Bit => "vtkBitArray",
        Element::I8 => "vtkTypeInt8Array",
        Element::U8 => "vtkTypeUInt8Array",
        Element::I16 => "vtkTypeInt16Array",
        Element::U16 => "vtkTypeUInt16Array",
        Element::I32 => "vtkTypeInt32Array",
        Element::U32 => "vtkTypeUInt32Array",
        Element::I64 => "vtkTypeInt64Array",
        Element::U64 => "vtkTypeUInt64Array",
        // VTK has none of these.
        Element::F16 => "vtkDataArray",
        Element::F32 => "vtkTypeFloat32Array",
        Element::F64 => "vtkTypeFloat64Array",
    }
}

/// True for properties that differ between two runs of one program.
pub(super) fn is_noise(class: &str, property: &str) -> bool {
    match property {
        "Id" | "MTime" | "SuperClassNames" => true,
        // How long the last rendering took, and what follows from it.
        "AllocatedRenderTime"
        | "EstimatedRenderTime"
        | "LastRenderTimeInSeconds"
        | "RenderTime"
        | "RenderTimeMultiplier"
        | "TimeFactor"
        | "TimeToDraw" => true,
        // Up to 9.6, of a table that was never built, it is what was in the memory before; of one that
        // was, it is what the array `Table` holds, too.
        "TableValue" => class == "vtkLookupTable",
        // What the driver gave.
        "AlphaBitPlanes" | "DeviceIndex" | "HardwareWindow" => true,
        // Where the mouse was, and how large the window is that it was in.
        "Size"
        | "EventSize"
        | "EventPosition"
        | "LastEventPosition"
        | "TimerEventId"
        | "TimerEventType"
        | "TimerEventDuration"
        | "TimerEventPlatformId"
        | "KeyCode"
        | "KeySym"
        | "RepeatCount" => class == "vtkRenderWindowInteractor",
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_platforms_and_versions_are_one() {
        for (class, name) in [
            ("vtkOpenGLActor", "vtkActor"),
            ("vtkWebGPUActor", "vtkActor"),
            ("vtkEGLRenderWindow", "vtkRenderWindow"),
            ("vtkWebAssemblyOpenGLRenderWindow", "vtkRenderWindow"),
            ("vtkXRenderWindowInteractor", "vtkRenderWindowInteractor"),
            ("vtkAOSDataArrayTemplate<long long>", "vtkTypeInt64Array"),
            ("vtkIdTypeArray", "vtkTypeInt64Array"),
            ("vtkFloatArray", "vtkTypeFloat32Array"),
            ("vtkCellArray", "vtkCellArray"),
            ("vtkStringArray", "vtkStringArray"),
            ("vtkOpenGL", "vtk"),
            ("", ""),
        ] {
            assert_eq!(canonical(class), name);
        }
        assert!(is_noise("vtkRenderWindowInteractor", "Size") && !is_noise("vtkRenderWindow", "Size"));
    }
}
