/// Examples that a network can run on: rows of values, of which it takes some at a time.
package protocol NetworkRows: Sendable {
  /// How many there are.
  var count: Int { get }
  /// The shape of one, as a network's input.
  var shape: ActivationShape { get }

  /// Writes some rows, one after the other, as the network reads them.
  ///
  /// - Parameters:
  ///   - rows: each below `count`.
  ///   - normalization: what the network says of its input, for as many channels as there are.
  ///   - buffer: room for as many values at least; the rest of it is left as it is.
  func write(rows: ArraySlice<Int>, normalization: InputNormalization?, into buffer: UnsafeMutableBufferPointer<Float>)
}

extension NetworkRows {
  /// - Throws: ``NetworkError`` unless a network can read the rows: they have the shape of its input. A network of vectors reads rows of any shape with as many
  ///   values, unless it normalises channels.
  func requireFit(_ network: NetworkDescription) throws {
    guard network.input.columnCount == shape.columnCount else {
      throw NetworkError.wrongInput(
        network: network.name, expectedValues: network.input.columnCount, gotValues: shape.columnCount)
    }
    guard network.input == shape || network.input.isVector && network.normalization == nil else {
      throw NetworkError.otherChannels(network: network.name, input: network.input, rows: shape)
    }
  }
}

extension ImageSet: NetworkRows {
  package var shape: ActivationShape { ActivationShape(channels: Self.channels, height: Self.side, width: Self.side) }

  /// With CIFAR-10's constants where the network has none of its own.
  package func write(rows: ArraySlice<Int>, normalization: InputNormalization?, into buffer: UnsafeMutableBufferPointer<Float>) {
    guard let normalization else { return normalize(rows: rows, into: buffer) }
    // A byte has few values: the same bits as by arithmetic, and faster.
    let table = (0..<Self.channels).flatMap { channel in (0..<256).map { normalization.value(of: Float($0) / 255, channel: channel) } }
    table.withUnsafeBufferPointer { self.write(rows: rows, by: $0, into: buffer) }
  }
}
