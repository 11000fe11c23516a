//! What shows of a scene, in terms that files for 3D understand: a tree of nodes, meshes, cameras, lights, and a list
//! of what cannot be said in these terms.
//!
//! A protocol makes [`Shapes`] of a scene (`Protocol::shapes`); `export` writes them. Meshes are only promised here, and
//! made one by one when it is their turn ([`Mesh::new`] takes the recipe), so that never more than one is in memory.
//! Places are those of the scene; a view's first node turns them so that +Y is up, as in glTF, where that is wanted.

mod color;
pub mod glb;
mod losses;
mod png;
mod primitive;
mod transform;
mod values;

pub use color::{linear, shown};
pub use losses::{Loss, LossKind, Losses, NO_SIZES};
pub use primitive::{Floats, Image, Material, Primitive, Texture, Topology};
pub use transform::Transform;
pub use values::values;

use crate::scene::ObjectId;

/// What is to be described.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// The roots; those of the scene where there is none.
    pub roots: Vec<ObjectId>,
    /// The axis that points up in the scene, where somebody says so; what the protocol knows otherwise.
    pub up: Option<Up>,
}

/// An axis that points up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Up {
    /// Y, as in glTF.
    Y,
    /// Z, as in most worlds of robots and maps.
    Z,
}

impl Up {
    /// What a scene's first node does, so that Y points up.
    pub fn transform(self) -> Transform {
        match self {
            Self::Y => Transform::IDENTITY,
            Self::Z => Transform::turned([1.0, 0.0, 0.0], -90.0),
        }
    }
}

/// What shows.
#[derive(Default)]
pub struct Shapes<'a> {
    /// What is looked at as a whole, each for itself: windows.
    pub views: Vec<View>,
    nodes: Vec<Node>,
    meshes: Vec<Mesh<'a>>,
    /// What is lost.
    pub losses: Losses,
    /// Things that are there and do not show, because they were made invisible.
    pub hidden: u64,
}

/// What is looked at as a whole.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct View {
    /// What the application calls it.
    pub name: Option<String>,
    /// Its first nodes.
    pub nodes: Vec<NodeId>,
}

/// A node of [`Shapes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NodeId(usize);

/// A mesh of [`Shapes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MeshId(usize);

/// A place in the world, with what is there.
#[derive(Clone, Debug, Default)]
pub struct Node {
    /// What to call it.
    pub name: Option<String>,
    /// The object it stands for.
    pub object: Option<ObjectId>,
    /// Where it is within the node above.
    pub transform: Transform,
    /// What is there.
    pub content: Content,
    children: Vec<NodeId>,
}

impl Node {
    /// A node where the one above is, with nothing there.
    pub fn new(name: impl Into<String>, object: Option<ObjectId>) -> Self {
        Self { name: Some(name.into()), object, ..Self::default() }
    }

    /// Somewhere else.
    #[must_use]
    pub fn at(self, transform: Transform) -> Self {
        Self { transform, ..self }
    }

    /// With something there.
    #[must_use]
    pub fn with(self, content: Content) -> Self {
        Self { content, ..self }
    }

    /// The nodes below.
    pub fn children(&self) -> &[NodeId] {
        &self.children
    }
}

/// What is at a node.
#[derive(Clone, Debug, Default)]
pub enum Content {
    /// Nothing: it holds other nodes.
    #[default]
    Nothing,
    /// Nothing that shows; the place itself is worth keeping.
    Place,
    /// A mesh.
    Mesh(MeshId),
    /// A mesh many times.
    Instances(MeshId, Vec<Instance>),
    /// Somewhere to look from, along -Z with +Y up.
    Camera(Camera),
    /// A light that shines along -Z.
    Light(Light),
}

/// One of many of the same mesh.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Instance {
    /// Where.
    pub transform: Transform,
    /// Its own colour instead of the mesh's, as it shows (sRGB, with opacity).
    pub color: Option<[u8; 4]>,
}

/// How a camera sees. Distances are the scene's.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Camera {
    /// What it sees.
    pub lens: Lens,
    /// The nearest that is seen.
    pub near: f64,
    /// The farthest that is seen.
    pub far: f64,
}

/// How far to the sides a camera sees.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Lens {
    /// The whole angle from the lower to the upper edge, in radians, and width divided by height where that is known.
    Perspective(f64, Option<f64>),
    /// Half the width and half the height of what is seen.
    Parallel(f64, f64),
}

/// A light. glTF counts in lux and candela: [`Light::WHITE`] lux from ahead show a white surface as white.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Light {
    /// How it spreads.
    pub kind: LightKind,
    /// Its colour, linear, 0 to 1.
    pub color: [f64; 3],
    /// Lux for a directional light, else candela.
    pub intensity: f64,
}

impl Light {
    /// The lux that let a white surface show as white.
    pub const WHITE: f64 = std::f64::consts::PI;
}

/// How a light spreads.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum LightKind {
    /// From far away, everywhere from the same side.
    Directional,
    /// From a point to all sides.
    Point,
    /// From a point within a cone: the angle between its axis and its side, in radians.
    Spot(f64),
}

/// A mesh that is made when it is its turn.
pub struct Mesh<'a> {
    name: Option<String>,
    make: Make<'a>,
}

type Make<'a> = Box<dyn FnOnce(&mut Losses) -> Vec<Primitive> + 'a>;

impl<'a> Mesh<'a> {
    /// A mesh, with the recipe for what it is made of.
    pub fn new(name: Option<String>, make: impl FnOnce(&mut Losses) -> Vec<Primitive> + 'a) -> Self {
        Self { name, make: Box::new(make) }
    }

    /// What to call it.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Makes it.
    pub fn make(self, losses: &mut Losses) -> Vec<Primitive> {
        (self.make)(losses)
    }
}

impl<'a> Shapes<'a> {
    /// Adds a node at the top of the last view, or below another node. Without any view, one is made.
    pub fn add(&mut self, above: Option<NodeId>, node: Node) -> NodeId {
        let id = NodeId(self.nodes.len());
        match above.and_then(|above| self.nodes.get_mut(above.0)) {
            Some(above) => above.children.push(id),
            None => match self.views.last_mut() {
                Some(view) => view.nodes.push(id),
                None => self.views.push(View { name: None, nodes: vec![id] }),
            },
        }
        self.nodes.push(node);
        id
    }

    /// Adds a mesh, which nodes may then show.
    pub fn add_mesh(&mut self, mesh: Mesh<'a>) -> MeshId {
        self.meshes.push(mesh);
        MeshId(self.meshes.len() - 1)
    }

    /// The nodes, each after the one above it.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// Takes the meshes out, to make them one after another.
    pub fn take_meshes(&mut self) -> Vec<Mesh<'a>> {
        std::mem::take(&mut self.meshes)
    }
}

impl NodeId {
    /// Its place in [`Shapes::nodes`].
    pub fn index(self) -> usize {
        self.0
    }
}

impl MeshId {
    /// Its place in what [`Shapes::take_meshes`] gives.
    pub fn index(self) -> usize {
        self.0
    }
}
