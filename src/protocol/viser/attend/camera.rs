//! The camera of a client: where it starts, what moves it, and how it is told.

use tokio_tungstenite::tungstenite::Message as SocketMessage;

use super::heard::{number, numbers};
use crate::analysis::shapes::Transform;
use crate::protocol::viser::message::Message;
use crate::protocol::viser::words::{Field, say};
use crate::protocol::{Camera, CameraWish};
use crate::scene::{ObjectId, Scene};

type Vector = [f64; 3];

/// OpenCV's camera, which looks along +Z with +Y down, as one that looks along -Z with +Y up.
const HALF_A_TURN: Transform = Transform { rotation: [1.0, 0.0, 0.0, 0.0], ..Transform::IDENTITY };

/// How a camera is turned that looks from one point at another: a quaternion, w first, of axes right, down, forward.
fn turned(position: Vector, look_at: Vector, up: Vector) -> [f64; 4] {
    let ([a, b, c], [x, y, z]) = (position, look_at);
    // Where it stands on what it looks at, any direction is right.
    let looking = [[x - a, y - b, z - c], [0.0, 0.0, 1.0]]
        .into_iter()
        .find_map(|direction| Transform::looking(position, direction, up))
        .unwrap_or_default();
    let [x, y, z, w] = looking.turned_by(HALF_A_TURN).rotation;
    if w < 0.0 { [-w, -x, -y, -z] } else { [w, x, y, z] }
}

/// What viser's page starts with (1.1.1).
const USUAL: Camera = Camera {
    position: [3.0, 3.0, 3.0],
    look_at: [0.0, 0.0, 0.0],
    up: [0.0, 0.0, 1.0],
    wxyz: [1.0, 0.0, 0.0, 0.0],
    fov: 75.0,
    near: 0.01,
    far: 1000.0,
    width: 1280,
    height: 720,
};

/// Where a camera starts: as the user says, else as the server's scene does, else as viser's page does.
pub(super) fn start(wish: &CameraWish, scene: &Scene) -> Camera {
    let mut camera = USUAL;
    let setting = |what: &str, field: &str| -> Option<serde_json::Value> {
        let state = scene.state(&ObjectId::parse(&format!("setting:SetCamera{what}Message")))?;
        serde_json::from_str::<serde_json::Value>(state.as_str()).ok()?.get(field).cloned()
    };
    let vector = |what: &str, field: &str| serde_json::from_value::<Vector>(setting(what, field)?).ok();
    let scalar = |what: &str, field: &str| setting(what, field)?.as_f64();
    let fov = || scalar("Fov", "fov").map(f64::to_degrees);
    camera.position = wish.position.or_else(|| vector("Position", "position")).unwrap_or(camera.position);
    camera.look_at = wish.look_at.or_else(|| vector("LookAt", "look_at")).unwrap_or(camera.look_at);
    camera.up = wish.up.or_else(|| vector("UpDirection", "position")).unwrap_or(camera.up);
    camera.fov = wish.fov.or_else(fov).unwrap_or(camera.fov);
    camera.near = wish.near.or_else(|| scalar("Near", "near")).unwrap_or(camera.near);
    camera.far = wish.far.or_else(|| scalar("Far", "far")).unwrap_or(camera.far);
    camera.width = wish.width.unwrap_or(camera.width);
    camera.height = wish.height.unwrap_or(camera.height);
    camera.wxyz = turned(camera.position, camera.look_at, camera.up);
    camera
}

/// Does what a server's command says; false where it is none.
pub(super) fn obey(camera: &mut Camera, command: &Message) -> bool {
    let vector = |name: &str, now: Vector| numbers(command, name).unwrap_or(now);
    let scalar = |name: &str, now: f64| number(command, name).unwrap_or(now);
    match command.kind() {
        "SetCameraPositionMessage" => camera.position = vector("position", camera.position),
        "SetCameraLookAtMessage" => camera.look_at = vector("look_at", camera.look_at),
        "SetCameraUpDirectionMessage" => camera.up = vector("position", camera.up),
        "SetCameraFovMessage" => camera.fov = scalar("fov", camera.fov.to_radians()).to_degrees(),
        "SetCameraNearMessage" => camera.near = scalar("near", camera.near),
        "SetCameraFarMessage" => camera.far = scalar("far", camera.far),
        _ => return false,
    }
    camera.wxyz = turned(camera.position, camera.look_at, camera.up);
    true
}

/// What tells the server where the camera is.
pub(super) fn report(camera: &Camera) -> SocketMessage {
    say(
        "ViewerCameraMessage",
        &[
            ("wxyz", Field::Numbers(&camera.wxyz)),
            ("position", Field::Numbers(&camera.position)),
            ("fov", Field::Number(camera.fov.to_radians())),
            ("near", Field::Number(camera.near)),
            ("far", Field::Number(camera.far)),
            ("image_height", Field::Count(camera.height.into())),
            ("image_width", Field::Count(camera.width.into())),
            ("look_at", Field::Numbers(&camera.look_at)),
            ("up_direction", Field::Numbers(&camera.up)),
        ],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A vector, turned.
    fn rotate([w, x, y, z]: [f64; 4], vector: Vector) -> Vector {
        Transform { rotation: [x, y, z, w], ..Transform::IDENTITY }.apply(vector)
    }

    #[test]
    fn cameras_look_forward_with_their_heads_up() {
        let close = |a: Vector, b: Vector| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-9);
        for (position, up) in [
            ([3.0, 3.0, 3.0], [0.0, 0.0, 1.0]),
            ([0.0, -5.0, 0.0], [0.0, 0.0, 1.0]),
            ([0.0, 5.0, 0.0], [0.0, 0.0, -1.0]),
            ([-2.0, 0.5, 1.0], [0.0, 1.0, 0.0]),
            ([0.0, 0.0, -3.0], [0.0, -1.0, 0.0]),
            ([0.0, 0.0, -3.0], [0.0, 1.0, 0.0]),
        ] {
            let wxyz = turned(position, [0.0; 3], up);
            let distance = position.iter().map(|x| x * x).sum::<f64>().sqrt();
            let forward = position.map(|x| -x / distance);
            assert!(close(rotate(wxyz, [0.0, 0.0, 1.0]), forward), "{position:?}");
            let down = rotate(wxyz, [0.0, 1.0, 0.0]);
            assert!(down.iter().zip(up).map(|(a, b)| a * b).sum::<f64>() < 0.0, "{position:?}");
            let length: f64 = wxyz.iter().map(|x| x * x).sum();
            assert!((length - 1.0).abs() < 1e-9 && wxyz[0] >= 0.0);
        }
        // Along what is up, and where it stands on what it looks at, it is turned somehow.
        for (position, up) in
            [([0.0, 0.0, 4.0], [0.0, 0.0, 1.0]), ([0.0; 3], [0.0, 0.0, 1.0]), ([0.1, 0.2, 0.3], [1.0, 2.0, 3.0])]
        {
            let wxyz = turned(position, [0.0; 3], up);
            assert!((wxyz.iter().map(|x| x * x).sum::<f64>() - 1.0).abs() < 1e-9, "{wxyz:?}");
            let distance = position.iter().map(|x| x * x).sum::<f64>().sqrt();
            let forward = if distance > 0.0 { position.map(|x| -x / distance) } else { [0.0, 0.0, 1.0] };
            assert!(close(rotate(wxyz, [0.0, 0.0, 1.0]), forward), "{position:?}");
        }
    }
}
