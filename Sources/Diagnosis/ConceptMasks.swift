/// For each image and concept, how many pixels of each cell of a map show the concept.
///
/// A map is coarser than its image: cell (y, x) of a map of h x w covers the pixels (y H/h ..< (y + 1) H/h, x W/w ..< (x + 1) W/w) of an image of
/// H x W. Counting pixels is the same as enlarging the map to the image, each cell to its pixels, and comparing pixel by pixel.
public struct ConceptMasks: Sendable, Equatable {
  /// The number of images.
  public let images: Int
  /// The number of concepts.
  public let concepts: Int
  /// Cells of a map.
  public let cells: Int
  /// Pixels that one cell covers.
  public let pixelsPerCell: Int
  /// images x cells x concepts.
  let counts: [Int32]
  /// Pixels of each concept in all images.
  public let pixels: [Int]

  /// Height and width, of an image or of a map.
  public struct Size: Sendable, Equatable {
    /// Rows.
    public let height: Int
    /// Columns.
    public let width: Int

    /// A size in pixels, or in cells.
    public init(height: Int, width: Int) { (self.height, self.width) = (height, width) }
  }

  /// - Parameters:
  ///   - shown: for each pixel, image by image and row by row, a word whose bit c says that it shows concept c.
  ///   - concepts: how many there are, 1 to 32.
  ///   - image: the size of an image in pixels.
  ///   - map: the size of a map in cells.
  /// - Throws: ``DiagnosisError``: `notAMask` when a pixel shows a concept beyond `concepts`.
  /// - Precondition: 1 to 32 concepts; the sizes are positive, the map's divides the image's, and the image's divides the number of pixels.
  /// - Complexity: O(pixels x concepts).
  public init(_ shown: [UInt32], concepts: Int, image: Size, map: Size) throws(DiagnosisError) {
    precondition((1...32).contains(concepts), "\(concepts) concepts")
    precondition(image.height > 0 && image.width > 0 && map.height > 0 && map.width > 0, "a size of zero")
    precondition(
      image.height % map.height == 0 && image.width % map.width == 0,
      "maps of \(map.height) x \(map.width) cells do not divide images of \(image.height) x \(image.width) pixels")
    let area = image.height * image.width
    precondition(shown.count % area == 0, "\(shown.count) pixels are not images of \(area)")
    let allowed = UInt32.max >> UInt32(32 - concepts)
    if let place = shown.firstIndex(where: { $0 & ~allowed != 0 }) {
      throw DiagnosisError(
        .notAMask, "pixel \(place % area) of image \(place / area) shows a concept beyond the \(concepts) that there are",
        remedy: "Set the bits 0 to \(concepts - 1) only")
    }
    self.concepts = concepts
    images = shown.count / area
    cells = map.height * map.width
    let (cellHeight, cellWidth) = (image.height / map.height, image.width / map.width)
    pixelsPerCell = cellHeight * cellWidth
    var counts = [Int32](repeating: 0, count: images * cells * concepts)
    for (place, word) in shown.enumerated() where word != 0 {
      let (row, column) = (place % area / image.width, place % image.width)
      let cell = place / area * cells + row / cellHeight * map.width + column / cellWidth
      var rest = word
      while rest != 0 {
        counts[cell * concepts + rest.trailingZeroBitCount] += 1
        rest &= rest - 1
      }
    }
    self.counts = counts
    var pixels = [Int](repeating: 0, count: concepts)
    for (place, count) in counts.enumerated() { pixels[place % concepts] += Int(count) }
    self.pixels = pixels
  }
}
