import Foundation

/// Why CIFAR-10 could not be downloaded.
public struct DownloadError: Error, CustomStringConvertible {
  enum Problem {
    case transfer(url: URL, httpCode: Int, message: String, partial: URL, bytes: Int)
    case wrongChecksum(url: URL, expected: String, got: String, setAside: URL)
    case missingFile(url: URL, file: String)
    case toolMissing(name: String)
    case tool(name: String, status: Int32, message: String)
    case unwritable(directory: URL, cause: any Error)
  }

  let problem: Problem

  init(_ problem: Problem) { self.problem = problem }

  /// What happened, where, what was expected and what to do, in one line.
  public var description: String {
    switch problem {
    case .transfer(let url, let httpCode, let message, let partial, let bytes):
      let answer = httpCode >= 400 ? "the server answered \(httpCode)" : "the transfer failed"
      let kept = bytes > 0 ? "\(bytes) bytes are kept in \(partial.path); run it again to go on from there." : "Nothing was kept."
      return "\(url.absoluteString) could not be downloaded: \(answer) (\(message)). Check the address and the network. \(kept)"
    case .wrongChecksum(let url, let expected, let got, let setAside):
      return """
        the archive from \(url.absoluteString) has the MD5 \(got), expected \(expected). It was set aside as \(setAside.path) and not \
        unpacked. Run the download again; if the checksum is the same again, the archive at that address has changed.
        """
    case .missingFile(let url, let file):
      return "the archive from \(url.absoluteString) does not contain \(file). It is not CIFAR-10 in its binary version; check the address."
    case .toolMissing(let name):
      return "\(name) is not on the PATH. Install it (Debian: apt-get install \(name == "md5sum" ? "coreutils" : name)) and run again."
    case .tool(let name, let status, let message):
      return "\(name) failed with status \(status): \(message.trimmingCharacters(in: .whitespacesAndNewlines))"
    case .unwritable(let directory, let cause):
      return "\(directory.path) cannot be written: \(cause). Check its permissions and the free space."
    }
  }
}
