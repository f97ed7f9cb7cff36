/// For each image and neuron, the cells of the neuron's map that are active: those above the neuron's threshold.
///
/// NETDISSECT compares these masks with concepts (``NetworkDissection``). They come from activations, or from the bits that THRESHOLD_QT stored.
public struct ActivationMasks: Sendable, Equatable {
  /// The number of images.
  public let images: Int
  /// Maps of each image.
  public let neurons: Int
  /// Cells of each map: height x width.
  public let cells: Int
  /// images x neurons x cells, 1 where a cell is active.
  let bits: [UInt8]

  /// Cells that are active, of all neurons. Complexity: O(images x neurons x cells).
  public var activeCells: Int { bits.reduce(0) { $0 + Int($1) } }

  /// Whether each cell of one neuron's map of one image is active, row by row. Both places count from 0. Complexity: O(cells).
  public func activeCells(ofNeuron neuron: Int, image: Int) -> [Bool] {
    precondition((0..<images).contains(image) && (0..<neurons).contains(neuron), "image \(image), neuron \(neuron)")
    let start = (image * neurons + neuron) * cells
    return bits[start..<start + cells].map { $0 != 0 }
  }

  /// The cells above the exact quantile of their own neuron, over all images and cells, interpolated as ``Quantiles`` does.
  ///
  /// - Parameters:
  ///   - share: the share of a neuron's cells at or below its threshold; 0.995 in the paper.
  ///   - values: row-major, one row per image; each row is channel-major, `neurons` maps of `cells` values.
  ///   - neurons: how many there are.
  ///   - cells: values in the map of a neuron.
  /// - Throws: ``DiagnosisError``: `tooFewRows` without an image, `notFinite` when an activation is NaN or infinite.
  /// - Precondition: `neurons` and `cells` are positive and divide the number of values; `share` lies in 0...1.
  /// - Complexity: O(n log(images x cells)) for n values; one neuron's values are copied at a time.
  public init(
    above share: Double, of values: UnsafeBufferPointer<Float>, neurons: Int, cells: Int
  ) throws(DiagnosisError) {
    let images = Self.rows(of: values.count, neurons: neurons, cells: cells)
    precondition((0...1).contains(share), "a quantile of \(share)")
    guard images > 0 else {
      throw DiagnosisError(.tooFewRows, "there is no image to find thresholds in", remedy: "Give at least one row")
    }
    if let broken = values.firstIndex(where: { !$0.isFinite }) {
      throw DiagnosisError(
        .notFinite, "image \(broken / (neurons * cells)), neuron \(broken / cells % neurons): an activation is \(values[broken])",
        remedy: "Leave out what is not a number before comparing sizes")
    }
    var bits = [UInt8](repeating: 0, count: values.count)
    var activations = [Double](repeating: 0, count: images * cells)
    for neuron in 0..<neurons {
      for image in 0..<images {
        let start = (image * neurons + neuron) * cells
        for cell in 0..<cells { activations[image * cells + cell] = Double(values[start + cell]) }
      }
      let threshold = Quantiles.of(activations, shares: [share])[0]
      for image in 0..<images {
        let start = (image * neurons + neuron) * cells
        for cell in 0..<cells where Double(values[start + cell]) > threshold { bits[start + cell] = 1 }
      }
    }
    (self.images, self.neurons, self.cells, self.bits) = (images, neurons, cells, bits)
  }

  /// Masks that are known: the codes of a layer stored under THRESHOLD_QT, in the order of the values above.
  ///
  /// - Throws: ``DiagnosisError``: `notAMask` when a code is neither 0 nor 1, as those of KBIT_QT are.
  /// - Precondition: `neurons` and `cells` are positive and divide the number of codes.
  /// - Complexity: O(codes).
  public init(bits: [UInt8], neurons: Int, cells: Int) throws(DiagnosisError) {
    images = Self.rows(of: bits.count, neurons: neurons, cells: cells)
    if let place = bits.firstIndex(where: { $0 > 1 }) {
      throw DiagnosisError(
        .notAMask, "code \(place) is \(bits[place]), and a mask has 0 and 1 only",
        remedy: "Give the codes of a layer stored with THRESHOLD_QT")
    }
    (self.neurons, self.cells, self.bits) = (neurons, cells, bits)
  }

  private static func rows(of count: Int, neurons: Int, cells: Int) -> Int {
    precondition(neurons > 0 && cells > 0, "\(neurons) neurons of \(cells) cells")
    precondition(count % (neurons * cells) == 0, "\(count) values are not rows of \(neurons) maps of \(cells) cells")
    return count / (neurons * cells)
  }
}
