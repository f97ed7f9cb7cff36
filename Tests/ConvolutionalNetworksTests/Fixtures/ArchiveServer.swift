import Foundation

/// A small HTTP server on a free port of this machine that serves the files of a directory, knows ranges, and can cut a transfer short.
final class ArchiveServer {
  private let process = Process()
  private let directory: URL
  let port: Int

  /// `/cut/<name>` ends the first transfer of the file after half of its bytes.
  private static let script = """
    import http.server, os, sys
    root = sys.argv[1]
    cut = set()
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            with open(os.path.join(root, "requests.log"), "a") as log:
                log.write(f"{self.path} {self.headers.get('Range', '-')}\\n")
            path = os.path.join(root, os.path.basename(self.path))
            if not os.path.exists(path) or path.endswith(".log"):
                self.send_error(404)
                return
            data = open(path, "rb").read()
            start = 0
            wanted = self.headers.get("Range")
            if wanted:
                start = int(wanted.split("=")[1].split("-")[0])
                if start >= len(data):
                    self.send_error(416)
                    return
                self.send_response(206)
                self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
            else:
                self.send_response(200)
            body = data[start:]
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.path.startswith("/cut/") and path not in cut:
                cut.add(path)
                body = body[:len(body) // 2]
            self.wfile.write(body)
        def log_message(self, *arguments): pass
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_address[1], flush=True)
    server.serve_forever()
    """

  init(serving directory: URL) throws {
    self.directory = directory
    let file = directory.appendingPathComponent("server.py")
    try Self.script.write(to: file, atomically: true, encoding: .utf8)
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", file.path, directory.path]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    guard let port = Int(line) else { throw CocoaError(.fileReadUnknown) }
    self.port = port
  }

  /// Killed: a process that is started here inherits a blocked SIGTERM and would stay.
  deinit { kill(process.processIdentifier, SIGKILL) }

  func url(_ path: String) -> URL { URL(string: "http://127.0.0.1:\(port)/\(path)")! }

  /// "path range" of every request so far.
  var requests: [String] {
    let text = (try? String(contentsOf: directory.appendingPathComponent("requests.log"), encoding: .utf8)) ?? ""
    return text.split(separator: "\n").map(String.init)
  }
}
