/// Why bytes are not a safetensors file, or one of its tensors cannot be used.
public struct SafetensorsError: Error, CustomStringConvertible {
  package enum Problem {
    case unreadable(path: String, cause: any Error)
    /// A folder, a FIFO or a device.
    case notRegular(path: String)
    /// Fewer bytes than the header's length, the header or the tensors need.
    case truncated(origin: String, bytes: Int, needed: UInt64)
    /// A header longer than `SafetensorsDirectory.largestHeader`.
    case absurdHeader(origin: String, bytes: UInt64)
    /// The first bytes are those of something else, such as `an HDF5 file`, with what to do about it.
    case otherFormat(origin: String, format: String, remedy: String)
    /// The header is not the JSON that the format asks for; `position` counts bytes from the header's begin.
    case malformedHeader(origin: String, position: Int, problem: String)
    case duplicateName(origin: String, name: String)
    /// A tensor's offsets, shape and type contradict each other, the file or another tensor.
    case impossibleTensor(origin: String, name: String, problem: String)
    /// More bytes than the tensors have.
    case excessBytes(origin: String, bytes: Int)
    /// The tensor is sound, but a dimension is 0: it has no values, and no layer has such weights.
    case emptyTensor(origin: String, name: String, shape: [Int])
    case missingTensor(origin: String, name: String, available: [String])
    /// The tensor is sound but cannot become float32 values.
    case notFloats(origin: String, name: String, type: String)
  }

  let problem: Problem

  package init(_ problem: Problem) { self.problem = problem }

  /// What happened, where, what was expected and what to do, in one line.
  public var description: String {
    let again = "Download or export the file again."
    switch problem {
    case .unreadable(let path, let cause):
      return "\(path) cannot be read: \(cause). Check the path and its permissions."
    case .notRegular(let path):
      return "\(path) is no regular file but a folder, a pipe or a device. Give a .safetensors file; copy to one what comes from a pipe."
    case .truncated(let origin, let bytes, let needed):
      return "\(origin) is not a whole safetensors file: it has \(bytes) bytes, at least \(needed) are needed. \(again)"
    case .absurdHeader(let origin, let bytes):
      return """
        \(origin) is not a safetensors file: its first eight bytes give a header of \(bytes) bytes, at most \
        \(SafetensorsDirectory.largestHeader) are allowed. Check that it is not of another format, such as HDF5 or a PyTorch archive.
        """
    case .otherFormat(let origin, let format, let remedy):
      return "\(origin) is not a safetensors file but \(format). \(remedy)"
    case .excessBytes(let origin, let bytes):
      return "\(origin) has \(bytes) bytes behind its last tensor. \(again)"
    case .emptyTensor(let origin, let name, let shape):
      return """
        tensor \(name) of \(origin) is a zero-size tensor: its shape is \(shape), so it has no values to be read. The file is sound; name \
        another tensor, or export the network after its weights were made.
        """
    case .malformedHeader(let origin, let position, let problem):
      return "the header of \(origin) is malformed at byte \(position): \(problem). \(again)"
    case .duplicateName(let origin, let name):
      return "the header of \(origin) has the name \(name) twice. \(again)"
    case .impossibleTensor(let origin, let name, let problem):
      return "tensor \(name) of \(origin) is impossible: \(problem). \(again)"
    case .missingTensor(let origin, let name, let available):
      return "\(origin) has no tensor \(name); it has \(Self.list(available)). Name one of these."
    case .notFloats(let origin, let name, let type):
      return "tensor \(name) of \(origin) has the type \(type); F32, F16, BF16 and F64 can be read. Export it as one of them."
    }
  }
  /// The first names of a file, and how many more there are.
  package static func list(_ names: [String]) -> String {
    guard !names.isEmpty else { return "no tensors" }
    let more = names.count > 40 ? " and \(names.count - 40) more" : ""
    return names.prefix(40).joined(separator: ", ") + more
  }
}
