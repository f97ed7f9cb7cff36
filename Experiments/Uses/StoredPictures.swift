import ConvolutionalNetworks
import ExperimentKit

/// Small pictures among the rows of an experiment: figures are drawn from rows alone, so that what they show has to be there.
///
/// A picture takes a row per pixel, `0xRRGGBB`, at the place that the experiment gives it and with its pixels numbered from the top left corner.
/// The experiment needs a parameter `pixel`.
enum StoredPictures {
  static let metric = "pixel"
  static let parameter = "pixel"
  static let side = 32

  /// Records image `index`, each pixel as `shade` makes it of its place and colour.
  static func record(
    _ index: Int, of images: ImageSet, at place: MeasurementTable.Parameters, _ context: RunContext,
    shade: (_ pixel: Int, _ colour: UInt32) -> UInt32 = { $1 }
  ) throws {
    for (pixel, colour) in colours(index, of: images).enumerated() {
      var place = place
      place[parameter] = pixel
      try context.record(metric, Int(shade(pixel, colour)), unit: "0xRRGGBB", at: place)
    }
  }

  /// The pixels of an image, row by row.
  static func colours(_ index: Int, of images: ImageSet) -> [UInt32] {
    let area = side * side
    let start = index * ImageSet.pixelsPerImage
    return (start..<start + area).map { place in
      UInt32(images.pixels[place]) << 16 | UInt32(images.pixels[place + area]) << 8 | UInt32(images.pixels[place + 2 * area])
    }
  }

  /// Whether the rows hold any. Rows that are published are without them: training images are not ours to publish.
  static func areIn(_ table: MeasurementTable) -> Bool { table.metrics.contains(metric) }

  static let note = "The rows are without the images that belong here, which are training images: the experiment, run again, draws them."

  /// The pixels recorded at a place, in order.
  ///
  /// - Throws: `MeasurementError` when the place does not exist or has none.
  static func pixels(_ table: MeasurementTable, at place: MeasurementTable.Parameters) throws -> [UInt32] {
    let rows = try table.filter(metric, where: place).rows
    guard rows.count == side * side else { throw MissingPicture(place: "\(place)", pixels: rows.count) }
    return rows.map { UInt32(clamping: Int64($0.value.double)) }
  }
}

/// The rows do not hold a picture that a figure shows.
struct MissingPicture: Error, CustomStringConvertible {
  let place: String
  let pixels: Int

  var description: String { "There are \(pixels) pixels of a picture at \(place). The rows are damaged: run the experiment again." }
}
