import Foundation

/// Other files that end up under the name of a safetensors file, by their first bytes.
///
/// None of these can begin a safetensors file: as the length of a header they are above ``SafetensorsDirectory/largestHeader``, or a header would
/// begin otherwise.
enum ForeignFormat {
  /// So many of a file's first bytes tell them all.
  static let mostBytes = 64

  /// What it is and what to do; nil when the bytes may be a safetensors file.
  static func named(_ bytes: Data) -> (format: String, remedy: String)? {
    let known: [(magic: [UInt8], format: String, remedy: String)] = [
      (Array("version https://git-lfs".utf8), "a pointer of Git LFS", "Fetch the file itself: git lfs pull."),
      (
        Array("PK\u{3}\u{4}".utf8), "a zip archive, as torch.save writes it",
        "Convert it: safetensors.torch.save_file(torch.load(path), new_path)."
      ),
      ([0x89] + Array("HDF\r\n".utf8), "an HDF5 file, as Keras writes it", "Convert it with h5py and safetensors.numpy.save_file."),
      ([0x80, 0x02], "a Python pickle, as older versions of torch.save write it", "Convert it with safetensors.torch.save_file."),
      ([0x1F, 0x8B], "compressed with gzip", "Unpack it: gunzip."),
      (Array("GGUF".utf8), "a GGUF file", "Use the weights that it was made from."),
      ([0x93] + Array("NUMPY".utf8), "a NumPy array", "Write it with safetensors.numpy.save_file."),
      (Array("<!DOCTYPE".utf8), "a web page", "The download went wrong: download it again from a direct link."),
      (Array("<!doctype".utf8), "a web page", "The download went wrong: download it again from a direct link."),
      (Array("<html".utf8), "a web page", "The download went wrong: download it again from a direct link."),
    ]
    guard let found = known.first(where: { bytes.starts(with: $0.magic) }) else { return nil }
    // Two bytes alone may begin a length; a real one of that value is followed by zeros and a brace.
    if found.magic.count <= 4, bytes.count > 8, bytes[bytes.startIndex + 8] == UInt8(ascii: "{"),
      bytes[bytes.startIndex + 4..<bytes.startIndex + 8].allSatisfy({ $0 == 0 })
    {
      return nil
    }
    return (found.format, found.remedy)
  }
}
