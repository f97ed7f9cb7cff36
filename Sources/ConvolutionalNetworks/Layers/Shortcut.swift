/// A residual network's shortcut without weights (He et al., CVPR 2016, section 3.3, option A): every `stride`-th row and column, and maps of zeros
/// before and behind the channels. The values are copied bit for bit.
struct Shortcut {
  /// (n, c, h, w).
  let input: [Int]
  /// (n, c, h, w).
  let output: [Int]
  let stride: Int
  /// Maps of zeros before the first channel.
  let before: Int

  func bind(_ memory: TensorMemory, _ engine: Engine) throws -> BoundLayer.Parts {
    var operations: [Operation] = []
    let source = try operations.adapt(memory, to: .plain(input), engine)
    let target = try TensorMemory(.plain(output), engine)
    operations.append(Operation { copy(source.values, to: target.values) })
    return BoundLayer.Parts(operations: operations, source: source, output: target)
  }

  private func copy(_ source: UnsafeMutableBufferPointer<Float>, to target: UnsafeMutableBufferPointer<Float>) {
    // The zeros too, each time: a run that was given this layer has written over them.
    target.update(repeating: 0)
    let (channels, height, width) = (input[1], input[2], input[3])
    var (from, step) = (0, 0)
    for image in 0..<input[0] {
      step = (image * output[1] + before) * output[2] * output[3]
      for _ in 0..<channels {
        for row in Swift.stride(from: 0, to: height, by: stride) {
          for column in Swift.stride(from: 0, to: width, by: stride) {
            target[step] = source[from + row * width + column]
            step += 1
          }
        }
        from += height * width
      }
    }
  }
}
