import Foundation
import TestSupport
import Testing

/// `--output` as shells and scripts use it.
struct OutputOptionTests {
  private let fixture: ToolFixture
  private let answer: String

  init() throws {
    fixture = try ToolFixture(hours: 300)
    try fixture.output("log", "bike-sharing.yaml", "--data", "data", "--store", "Store")
    answer = try fixture.output("get", "Store", "bikes.hourly.read.cnt")
  }

  private func bash(_ line: String, at location: SourceLocation = #_sourceLocation) throws -> String {
    let environment = ["PATH": ToolFixture.programs + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? "")]
    let get = "get() { mistique get Store bikes.hourly.read.cnt \"$@\" 2>/dev/null; };"
    let result = try Command(["bash", "-c", "\(get) \(line)"], in: fixture.folder.url, environment: environment).finish()
    #expect(result.status == 0, "\(line): \(result.errors)", sourceLocation: location)
    return result.output
  }

  @Test("A FIFO and a process substitution get the answer")
  func pipes() throws {
    #expect(try bash("mkfifo fifo; cat fifo & get --output fifo; wait; test -p fifo") == answer)
    #expect(try bash("get --output >(cat > copy); wait $!; cat copy") == answer)
  }

  @Test("A link stays and what it leads to is replaced, with the mode it had")
  func link() throws {
    #expect(try bash("echo old > target; chmod 640 target; ln -s target link; get --output link; test -L link; cat target") == answer)
    #expect(try bash("stat -c %a target") == "640\n")
  }

  @Test("/dev/stdout and /dev/fd add to what a file already holds, and /dev/null takes the answer")
  func descriptors() throws {
    #expect(try bash("{ echo head; get --output /dev/stdout; echo tail; } > file; cat file") == "head\n\(answer)tail\n")
    #expect(try bash("exec 5> file; echo head >&5; get --output /dev/fd/5; cat file") == "head\n\(answer)")
    #expect(try bash("get --output /dev/stdout | cat") == answer)
    try #require(try bash("stat -c %F /dev/null") == "character special file\n")
    #expect(try bash("get --output /dev/null; stat -c %F /dev/null") == "character special file\n")
  }

  @Test("A place that cannot be written is an error with the path, and an old file stays")
  func failures() throws {
    for place in ["/dev/full", "no/folder/file.csv", "data"] {
      try fixture.expectError(["get", "Store", "bikes.hourly.read.cnt", "--output", place], place)
    }
    try fixture.write("old.csv", "old\n")
    try fixture.expectError(["get", "Store", "bikes.hourly.read.nothing", "--output", "old.csv"], "nothing")
    #expect(try fixture.read("old.csv") == "old\n")
  }
}
