import ArrayFiles
import Foundation

/// Examples of any shape, as a NumPy array holds them: rows first, each (C, H, W) or (D), in float32.
///
/// Arrays of float32, float16 and uint8 are read. Floating-point values are the network's input as they are, or normalised where the network says how.
/// Bytes are divided by 255 first, and only read for a network that says how they are normalised: what they were trained on cannot be told from them.
package struct InputArray: NetworkRows {
  /// Rows x values of a row.
  let values: [Float]
  package let count: Int
  package let shape: ActivationShape

  /// Rows in memory, one after the other.
  ///
  /// - Precondition: a whole number of rows of that shape.
  package init(_ values: [Float], shape: ActivationShape) {
    precondition(values.count % shape.columnCount == 0, "\(values.count) values are no whole number of \(shape)")
    (self.values, count, self.shape) = (values, values.count / shape.columnCount, shape)
  }

  /// The first rows of a `.npy` file, as the input of a network.
  ///
  /// - Parameter rows: how many; all when nil.
  /// - Throws: `NPYError` when the file is none, has another shape or type, no or too few rows, or a value that is not finite.
  /// - Complexity: reads the rows, and keeps four bytes per value.
  package init(contentsOf file: URL, for network: NetworkDescription, first rows: Int? = nil) throws {
    let arrays = try NumericArray.all(in: file)
    guard let array = arrays.first, arrays.count == 1 else {
      throw NPYError(
        file.path, "it is an archive of \(arrays.count) arrays",
        remedy: "Give the .npy file of the network's input, as numpy.save writes it")
    }
    let shape = network.input
    try Self.require(array, fits: network)
    let count = rows ?? array.rows
    guard count > 0 else {
      throw NPYError(file.path, "it has no rows, and there is nothing to run", remedy: "Save an array with at least one row")
    }
    guard array.rows >= count else {
      throw NPYError(
        file.path, "it has \(array.rows) rows, and \(count) are needed",
        remedy: "Ask for as many, or give the array that the model was logged on")
    }
    let columns = shape.columnCount
    var values = [Float](repeating: 0, count: count * columns)
    let isBytes = array.element.kind == .unsigned
    try values.withUnsafeMutableBufferPointer { values in
      let blockRows = max(1, min(count, (1 << 24) / max(1, columns * 4)))
      try array.forEachBlock(of: blockRows, rows: 0..<count) { rows, bytes in
        let start = rows.lowerBound * columns
        array.element.floats(bytes, into: values.baseAddress! + start)
        for place in start..<(start + rows.count * columns) {
          if isBytes { values[place] /= 255 }
          guard values[place].isFinite else {
            throw NPYError(
              file.path, "the value \((place % columns)) of row \(place / columns) is \(values[place])",
              remedy: "Replace values that are not finite, or leave their rows out: numpy.isfinite(array) finds them")
          }
        }
      }
    }
    (self.values, self.count, self.shape) = (values, count, shape)
  }

  private static func require(_ array: NumericArray, fits network: NetworkDescription) throws(NPYError) {
    let (shape, row) = (network.input, Array(array.shape.dropFirst()))
    let whole = [shape.channels, shape.height, shape.width]
    let expected = shape.isVector ? "N x \(shape.channels)" : "N x \(NPYFile.text(whole))"
    guard row == whole || shape.isVector && row == [shape.columnCount] else {
      // Which of its dimensions came first cannot be told from it.
      let isFlat = row == [shape.columnCount]
      let isChannelsLast = row == [shape.height, shape.width, shape.channels]
      let isOneMap = shape.channels == 1 && row == [shape.height, shape.width]
      throw NPYError(
        array.origin, "it is an array of \(NPYFile.text(array.shape)), and the input of network \(network.name) is \(expected)",
        remedy: isChannelsLast
          ? "Save array.transpose(0, 3, 1, 2)"
          : isOneMap
            ? "Save array[:, None]"
            : isFlat
              ? "Save array.reshape(-1, \(shape.channels), \(shape.height), \(shape.width)) if that is the order of its rows"
              : "Bring the array to that shape, or say its shape in the network's input")
    }
    let element = array.element
    guard element.kind == .float && element.size <= 4 || element.kind == .unsigned && element.size == 1 else {
      throw NPYError(
        array.origin, "its elements are \(element.name), and a network's input is float32, float16 or uint8",
        remedy: "Save array.astype('float32')")
    }
    guard element.kind == .float || network.normalization != nil else {
      throw NPYError(
        array.origin, "its elements are bytes, and network \(network.name) does not say how they are normalised",
        remedy: "Add a line such as 'normalization: {mean: 0, deviation: 1}' to the network, for bytes / 255, or save the input as float32")
    }
  }

  package func write(rows: ArraySlice<Int>, normalization: InputNormalization?, into buffer: UnsafeMutableBufferPointer<Float>) {
    let (columns, plane) = (shape.columnCount, shape.height * shape.width)
    values.withUnsafeBufferPointer { values in
      for (position, row) in rows.enumerated() {
        precondition(row >= 0 && row < count, "row \(row) of \(count)")
        for place in 0..<columns {
          let value = values[row * columns + place]
          buffer[position * columns + place] = normalization?.value(of: value, channel: place / plane) ?? value
        }
      }
    }
  }
}
