/// `"data"` is the word `real` or `generated` itself, so that nobody can overlook it; the description and the files' hashes stand beside it.
extension Provenance: Codable {
  private enum CodingKeys: String, CodingKey {
    case settings, source, machine, versions, data, dataDescription, dataFiles, usage, parts
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      settings: try container.decode(Settings.self, forKey: .settings), source: try container.decode(SourceState.self, forKey: .source),
      machine: try container.decode(Machine.self, forKey: .machine),
      versions: try container.decode([String: String].self, forKey: .versions),
      data: DataRecord(
        kind: try container.decode(DataRecord.Kind.self, forKey: .data),
        description: try container.decode(String.self, forKey: .dataDescription),
        files: try container.decode([InputFile].self, forKey: .dataFiles)),
      usage: try container.decode(Usage.self, forKey: .usage), parts: try container.decodeIfPresent([PartRecord].self, forKey: .parts))
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(settings, forKey: .settings)
    try container.encode(source, forKey: .source)
    try container.encode(machine, forKey: .machine)
    try container.encode(versions, forKey: .versions)
    try container.encode(data.kind, forKey: .data)
    try container.encode(data.description, forKey: .dataDescription)
    try container.encode(data.files, forKey: .dataFiles)
    try container.encode(usage, forKey: .usage)
    // Absent, not null, for runs of one process, which are most.
    try container.encodeIfPresent(parts, forKey: .parts)
  }
}
