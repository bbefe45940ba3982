"""A world as the compiled kernels see it: flat arrays and the meaning of their columns.

Owns the layout only. `builder.py` fills it, `casting.py` and `shading.py` read it.
"""

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Kinds of shapes, and the columns of `shapes`: 0-2 centre, then
BOX: Final = 0  # 3-5 half sizes, 6-7 cosine and sine of the turn about y, 10 cut-out pattern, 11 its spacing
FRUSTUM: Final = 1  # as a box, 8-9 half sizes at the top: roofs, pyramids, tapering walls
CONE: Final = 2  # 3 radius at the foot, 4 half height, 5 radius at the top, 10 share of holes, 11 their frequency
ELLIPSOID: Final = 3  # 3-5 radii, 10 share of holes, 11 frequency, 12 lumps
CAPSULE: Final = 4  # 3-5 from the centre to one end, 6 radius
# and for all: 13 brightness, 14 a random number, 15 height of the ground at its foot (contact darkening).
SHAPE_COLUMNS: Final = 16

# Cut-out patterns of boxes.
CUT_NONE: Final = 0
CUT_PICKETS: Final = 1
CUT_BARS: Final = 2
CUT_RAILS: Final = 3
CUT_MESH: Final = 4

# Columns of `materials`.
M_PATTERN: Final = 0
M_FIRST: Final = 1
M_SECOND: Final = 4
M_THIRD: Final = 7
M_ACROSS: Final = 10
M_DOWN: Final = 11
M_EXTRA: Final = 12
M_GLOW: Final = 13
M_MIRROR: Final = 14
M_BUMP: Final = 15
M_NOISE: Final = 16
MATERIAL_COLUMNS: Final = 18

# Columns of `lights`: 0-2 place, 3-5 colour, 6 reach, 7 whether it casts shadows.
LIGHT_COLUMNS: Final = 8

# Places in `settings`.
S_SUN: Final = 0  # direction to the sun or moon, 3
S_SUN_COLOUR: Final = 3
S_SKY_LIGHT: Final = 6  # ambient from above
S_GROUND_LIGHT: Final = 9  # ambient from below
S_ZENITH: Final = 12
S_HORIZON: Final = 15
S_FOG: Final = 18
S_FOG_DENSITY: Final = 21
S_CLOUD_COVER: Final = 22
S_CLOUD_SIZE: Final = 23
S_CLOUD_LIT: Final = 24
S_CLOUD_DARK: Final = 27
S_DISC: Final = 30  # angular radius of the sun or moon
S_STARS: Final = 31
S_RIDGE: Final = 32  # height of the silhouette on the horizon, in radians; 0 for none
S_RIDGE_COLOUR: Final = 33
S_RIDGE_ROUGH: Final = 36
S_GLOW: Final = 37  # strength of the glow about the sun
S_WATER: Final = 38  # height of the water; below -1000 for none
S_WATER_COLOUR: Final = 39
S_RIPPLE: Final = 42
S_FLAT: Final = 43  # 1 where the ground is the level plane y = 0
S_CELL: Final = 44  # size of a terrain cell
S_HIGHEST: Final = 45
S_STEP: Final = 46  # share of the gap to the ground that a terrain step may take
S_ROOFED: Final = 47  # 1 where `ceiling` closes the world above
S_INSIDE: Final = 48  # x0, x1, z0, z1, top of the part lit as an interior, 5
S_INSIDE_LIGHT: Final = 53
S_GRID_CELL: Final = 56
S_ROCK_SLOPE: Final = 57  # slope from which ground turns to rock
S_SNOW_LINE: Final = 58
S_CLOUD_SEED: Final = 59
S_WAY_HALF: Final = 60  # half width of the path or road; 0 for none
S_WAY_EDGE: Final = 61  # half width of its verge or kerb beyond that
S_WAY_LINE: Final = 62  # 1 for a dashed line along its middle
S_HAZE_HEIGHT: Final = 63  # ground mist thins out over this height; 0 for even fog
SETTING_COUNT: Final = 72

# Fixed rows of `materials`.
GROUND: Final = 0
GROUND_PATCH: Final = 1
ROCK: Final = 2
WAY: Final = 3
WAY_VERGE: Final = 4
SHORE: Final = 5
CEILING: Final = 6
FIXED_MATERIALS: Final = 7


class Scene(NamedTuple):
    """Everything a ray can meet."""

    shapes: "NDArray[np.float32]"
    shape_spans: "NDArray[np.float32]"
    shape_kinds: "NDArray[np.int32]"
    shape_materials: "NDArray[np.int32]"
    cell_starts: "NDArray[np.int32]"
    cell_shapes: "NDArray[np.int32]"
    cell_tops: "NDArray[np.float32]"
    heights: "NDArray[np.float32]"
    height_tops: "NDArray[np.float32]"
    ceiling: "NDArray[np.float32]"
    way_distance: "NDArray[np.float32]"
    way_along: "NDArray[np.float32]"
    contact: "NDArray[np.float32]"
    materials: "NDArray[np.float32]"
    lights: "NDArray[np.float32]"
    settings: "NDArray[np.float64]"
    plane_table: "NDArray[np.float32]"
    space_table: "NDArray[np.float32]"
