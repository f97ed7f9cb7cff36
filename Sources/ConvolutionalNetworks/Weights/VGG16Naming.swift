/// How the tensors of VGG16's 13 convolutions are named and laid out in published files.
enum VGG16Naming: CaseIterable {
  /// `features.0.weight` (out, in, height, width) and `features.0.bias`, also behind prefixes such as `model.`, `module.`, `backbone.`.
  case torchvision
  /// `block1_conv1/kernel` (height, width, in, out) and `block1_conv1/bias`, with `.` for `/`, with `:0` behind it, behind prefixes such as
  /// `vgg16/`; also `block1_conv1/block1_conv1_W_1:0` and `_b_1:0`, as in the files of Keras's first versions.
  case keras

  enum Part { case weights, bias }

  /// The common name of a part of convolution `number`, from 0.
  func name(_ part: Part, of number: Int) -> String {
    switch self {
    case .torchvision: "features.\(Self.torchvisionPositions[number]).\(part == .weights ? "weight" : "bias")"
    case .keras: "\(Self.kerasLayers[number])/\(part == .weights ? "kernel" : "bias")"
    }
  }

  /// Whether a tensor's name is one for this part.
  func matches(_ name: String, _ part: Part, of number: Int) -> Bool {
    switch self {
    case .torchvision:
      let common = self.name(part, of: number)
      return name == common || name.hasSuffix("." + common)
    case .keras:
      let layer = Self.kerasLayers[number]
      let path = (name.hasSuffix(":0") ? name.dropLast(2) : name[...]).split { $0 == "/" || $0 == "." }
      guard path.count >= 2, path[path.count - 2] == layer else { return false }
      let letter = part == .weights ? "W" : "b"
      return [part == .weights ? "kernel" : "bias", "\(layer)_\(letter)_1", "\(layer)_\(letter)"].contains(String(path[path.count - 1]))
    }
  }

  private static let torchvisionPositions = [0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28]
  private static let kerasLayers = zip(1...5, [2, 2, 3, 3, 3]).flatMap { block, count in
    (1...count).map { "block\(block)_conv\($0)" }
  }
  static let convolutions = kerasLayers.count

  /// (out, in, height, width) in this naming's layout.
  func fileShape(_ shape: [Int]) -> [Int] { self == .torchvision ? shape : [shape[2], shape[3], shape[1], shape[0]] }

  /// Kernels in the file's layout to (out, in, height, width).
  func kernels(_ values: [Float], shape: [Int]) -> [Float] {
    guard self == .keras else { return values }
    let (outputs, inputs, height, width) = (shape[0], shape[1], shape[2], shape[3])
    var result = [Float](repeating: 0, count: values.count)
    for row in 0..<height {
      for column in 0..<width {
        for input in 0..<inputs {
          let from = ((row * width + column) * inputs + input) * outputs
          for output in 0..<outputs { result[((output * inputs + input) * height + row) * width + column] = values[from + output] }
        }
      }
    }
    return result
  }
}
