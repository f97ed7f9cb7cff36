import Foundation
import TestSupport

/// Programs named as Slurm's that run every job at once, one task after the other, in the order in which they are submitted: for tests where there is no
/// Slurm. `fails` in its folder makes sbatch refuse what it names; `queued` is what squeue prints.
struct StandInCluster {
  let folder = TemporaryDirectory("stand-in")

  init() throws {
    try program(
      "sbatch",
      """
      here=$(dirname "$0")
      printf '%s\\n' "$@" >> "$here/arguments"
      for word; do
        case $word in --output=*) output=${word#--output=};; --chdir=*) cd "${word#--chdir=}";; esac
        script=$word
      done
      if [ -e "$here/fails" ] && grep -q "$(cat "$here/fails")" "$script"; then echo 'sbatch: error: invalid partition specified: none' >&2; exit 1; fi
      number=$(($(cat "$here/number" 2>/dev/null || echo 100) + 1)); echo $number > "$here/number"
      array=$(sed -n 's/^#SBATCH --array=//p' "$script" | sed 's/%.*//; s/,/ /g')
      for range in ${array:-none}; do
        for task in $([ $range = none ] && echo none || seq ${range%-*} ${range#*-}); do
          SLURM_ARRAY_TASK_ID=$task bash "$script" > "${output//%a/$task}" 2>&1 || echo "task $task of $script failed" >> "$here/failures"
        done
      done
      echo "$number;loop"
      """)
    try program("squeue", "cat \"$(dirname \"$0\")/queued\" 2>/dev/null; exit 0")
  }

  private func program(_ name: String, _ body: String) throws {
    let file = folder.url.appendingPathComponent(name)
    try Data("#!/bin/bash\n\(body)\n".utf8).write(to: file)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
  }

  func write(_ text: String, to name: String) throws { try Data(text.utf8).write(to: folder.url.appendingPathComponent(name)) }
  func remove(_ name: String) throws { try FileManager.default.removeItem(at: folder.url.appendingPathComponent(name)) }

  /// What the programs were told, and what failed.
  func text(_ name: String) -> String { (try? String(contentsOf: folder.url.appendingPathComponent(name), encoding: .utf8)) ?? "" }

  var environment: [String: String] {
    ["PATH": folder.path + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin"), "MISTIQUE_DATA": ""]
  }
}
