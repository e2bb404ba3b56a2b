import Checkpoints
import Dispatch
import Foundation
public import Rendering
import Synchronization
import WanModel

/// Every model that this machine has, by name: finds them, names them, verifies them, remembers them.
///
///     let registry = ModelRegistry(home: home, environment: environment, places: places, builtIn: builtIn)
///     let location = try registry.resolve("wan2.2")
///     let report = try registry.verify(location) { event in … }
///
/// Nothing is kept in memory: other programs may change the files.
public struct ModelRegistry: Sendable {
  /// Where models are looked for, besides the data folder and the Hugging Face cache.
  public struct Places: Hashable, Sendable {
    public var folders: [String]
    public var comfyUI: [String]

    public init(folders: [String] = [], comfyUI: [String] = []) {
      self.folders = folders
      self.comfyUI = comfyUI
    }
  }

  public struct BuiltIn: Hashable, Sendable {
    public var name: String
    public var path: String

    public init(name: String, path: String) { (self.name, self.path) = (name, path) }
  }

  public let builtIn: BuiltIn
  private let search: ModelSearch
  private let names: StateFile<ModelNames>
  private let records: StateFile<ModelRecords>

  public init(home: MoviolaHome, environment: [String: String], places: Places, builtIn: BuiltIn) {
    self.builtIn = builtIn
    search = ModelSearch(
      folders: [home.models.path(percentEncoded: false)] + places.folders, comfyUI: places.comfyUI,
      cache: HuggingFaceCache(environment: environment))
    names = StateFile(home.data.appending(path: "models.json"), title: "the names of models")
    records = StateFile(home.state.appending(path: "model-records.json"), title: "what is known of models' files")
  }

  private var builtInLocation: ModelLocation { ModelLocation(path: builtIn.path) }
}

// MARK: - Finding

extension ModelRegistry {
  /// The built-in one, those that have a name, others that are known, then what lies in folders and caches.
  /// - Throws: ``RenderError`` if what is remembered of them cannot be read.
  public func find(besides known: [ModelLocation] = []) throws(RenderError) -> [FoundModel] {
    let (names, records) = (try names.read() ?? ModelNames(), try records.read() ?? ModelRecords())
    let named = names.aliases.sorted { $0.key < $1.key }.map { name, location in
      ModelSearch.Candidate(title: name, location: location, source: .named)
    }
    let first = ModelSearch.Candidate(title: builtIn.name, location: builtInLocation, source: .builtIn)
    let others = known.map {
      ModelSearch.Candidate(title: ModelSearch.title($0.path), location: $0, source: .folder)
    }
    var seen: [String: Int] = [:]
    var all: [ModelSearch.Candidate] = []
    var otherNames: [Int: [String]] = [:]
    for candidate in [first] + named + others + search.candidates() {
      if let index = seen[Self.identity(candidate.location)] {
        if candidate.source == .named { otherNames[index, default: []].append(candidate.title) }
      } else {
        seen[Self.identity(candidate.location)] = all.count
        all.append(candidate)
      }
    }
    let titles = Self.unique(all)
    return Self.describe(all, titles, records).enumerated().map { index, model in
      var model = model
      model.otherNames = otherNames[index] ?? []
      return model
    }
  }

  /// Opens all of them, several at a time.
  private static func describe(
    _ candidates: [ModelSearch.Candidate], _ names: [String], _ records: ModelRecords
  ) -> [FoundModel] {
    let found = Mutex<[Int: FoundModel]>([:])
    DispatchQueue.concurrentPerform(iterations: candidates.count) { index in
      let model = describe(candidates[index], name: names[index], records)
      found.withLock { $0[index] = model }
    }
    return found.withLock { found in candidates.indices.compactMap { found[$0] } }
  }

  private static func identity(_ location: ModelLocation) -> String {
    [location.path, location.experts?.high, location.experts?.low].compactMap { $0.map(FileStamp.realPath) }
      .joined(separator: "\n")
  }

  /// The first of a name has it; the others are called by the folder they lie in too.
  private static func unique(_ candidates: [ModelSearch.Candidate]) -> [String] {
    var taken: Set<String> = []
    return candidates.map { candidate in
      var name = candidate.title
      var folder = URL(filePath: candidate.location.path).deletingLastPathComponent()
      while !taken.insert(name.lowercased()).inserted {
        let parent = folder.lastPathComponent
        name = parent.isEmpty || parent == "/" ? name + "+" : "\(parent)/\(name)"
        folder.deleteLastPathComponent()
      }
      return name
    }
  }

  private static func describe(
    _ candidate: ModelSearch.Candidate, name: String, _ records: ModelRecords
  ) -> FoundModel {
    let folder = candidate.location.folder
    var model = FoundModel(
      name: name, location: candidate.location, source: candidate.source, format: folder.format, variant: nil, bytes: 0,
      health: records.health(of: candidate.location))
    do throws(CheckpointError) {
      model.variant = try folder.variant()
      model.bytes = try folder.files().reduce(0) { $0 + (FileStamp($1)?.bytes ?? 0) }
      for part in try folder.parts() { try folder.verifyStructure(of: part) }
      let tokenizer = folder.location("tokenizer")
      guard FileManager.default.fileExists(atPath: tokenizer) else {
        throw CheckpointError(.notFound, path: tokenizer)
      }
    } catch {
      model.health = .damaged(FetchAdvice.sentence(error))
    }
    return model
  }
}

// MARK: - Names

extension ModelRegistry {
  /// What a person calls a model: a name, a folder or a file.
  /// - Returns: the name that recipes keep, which is the built-in one's or a whole path, and where it is.
  /// - Throws: ``RenderError`` listing near names if there is none of this name.
  public func resolve(_ name: String) throws(RenderError) -> (name: String, location: ModelLocation) {
    guard !name.isEmpty else {
      throw RenderError(.badModel, "the model's name is empty", remedy: "moviola models lists those that there are")
    }
    if name == builtIn.name { return (name, builtInLocation) }
    let aliases = try names.read()?.aliases ?? [:]
    if let known = aliases[name] { return (known.path, known) }
    let path = URL(filePath: name).standardizedFileURL.path
    if FileManager.default.fileExists(atPath: path) { return (path, ModelLocation(path: path)) }
    if let error = Self.deadLink(path) { throw error }
    let found = try find()
    if let model = found.first(where: { $0.name == name }) ?? Self.onlyOne(found, name) {
      return (model.location.path, model.location)
    }
    throw Self.unknown(name, found.map(\.name))
  }

  /// What is wrong with a link that leads to nothing; nil if there is no link.
  private static func deadLink(_ path: String) -> RenderError? {
    var status = stat()
    guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFLNK, stat(path, &status) != 0 else { return nil }
    return RenderError(
      .badModel, "\(path.printable(limit: 4096)) is a link that leads to no file: \(String(cString: strerror(errno)))",
      remedy: "name the model's own folder or file")
  }

  private static func onlyOne(_ found: [FoundModel], _ name: String) -> FoundModel? {
    let same = found.filter { $0.name.lowercased() == name.lowercased() }
    return same.count == 1 ? same[0] : nil
  }

  private static func unknown(_ name: String, _ names: [String]) -> RenderError {
    let near = NearNames.of(name, among: names).joined(separator: ", ")
    return RenderError(
      .badModel, "there is no model \(name.printable()): no such file, folder or name",
      remedy: near.isEmpty ? "moviola models lists all" : "did you mean \(near)? moviola models lists all")
  }

  /// Gives a name to a model, which must open.
  public func add(_ location: ModelLocation, name: String) throws(RenderError) {
    guard name != builtIn.name else {
      throw RenderError(.badModel, "\(name) is the built-in model", remedy: "give another name")
    }
    if let problem = StructureCheck(location.folder).problems().first { throw RenderError(.badModel, problem) }
    try names.update { (names: inout ModelNames?) throws(RenderError) in
      var changed = names ?? ModelNames()
      try changed.add(name, location)
      names = changed
    }
  }

  /// Takes a name away; files stay.
  /// - Returns: what it stood for.
  @discardableResult
  public func remove(_ name: String) throws(RenderError) -> ModelLocation {
    guard let location = try names.read()?.aliases[name] else { throw noName(name) }
    try names.update { (names: inout ModelNames?) throws(RenderError) in
      names?.aliases[name] = nil
      if names?.active == location { names?.active = nil }
    }
    return location
  }

  private func noName(_ name: String) -> RenderError {
    guard let found = try? find(), let model = found.first(where: { $0.name == name }) else {
      let aliases = (try? names.read())?.aliases.keys.sorted() ?? []
      return Self.unknown(name, aliases)
    }
    return RenderError(
      .badModel, "\(name) is no name that was given: it was found at \(model.location.path.printable(limit: 400))",
      remedy: "Moviola deletes no models; remove the files yourself if that is what you want")
  }

  /// A name for a model that comes without one.
  public static func title(of location: ModelLocation) -> String { ModelSearch.title(location.path) }

  /// The model that the studio opens with; nil for the built-in one.
  public func active() throws(RenderError) -> ModelLocation? { try names.read()?.active }

  public func setActive(_ location: ModelLocation) throws(RenderError) {
    try names.update { (names: inout ModelNames?) throws(RenderError) in
      var changed = names ?? ModelNames()
      changed.active = location == builtInLocation ? nil : location
      names = changed
    }
  }
}

// MARK: - Files

extension ModelRegistry {
  /// Reads and checks everything, and remembers what it found.
  /// - Parameters:
  ///   - isCancelled: asked every few mebibytes, from several threads.
  ///   - observe: told from several threads.
  /// - Throws: ``RenderError`` if it cannot be remembered; `CancellationError`.
  public func verify(
    _ location: ModelLocation, options: VerificationOptions = VerificationOptions(),
    isCancelled: @escaping @Sendable () -> Bool = { false },
    observe: @escaping @Sendable (VerificationEvent) -> Void = { _ in }
  ) throws -> VerificationReport {
    let verifier = ModelVerifier(
      location: location, records: try records.read() ?? ModelRecords(), options: options, isCancelled: isCancelled,
      observe: observe)
    let outcome = try verifier.run(now: Date())
    try records.update { (records: inout ModelRecords?) throws(RenderError) in
      // Others may have verified other models meanwhile.
      var changed = records ?? ModelRecords()
      changed.files.merge(outcome.records.files) { _, new in new }
      changed.models[location.key] = outcome.records.models[location.key]
      records = changed
    }
    return outcome.report
  }

  /// What is known of the model without reading it.
  public func health(of location: ModelLocation) throws(RenderError) -> ModelHealth {
    try records.read()?.health(of: location) ?? .unverified
  }

  /// Writes down how the files of a model are when it is used for the first time, so that a later change is noticed.
  /// Reads samples of the files, and nothing at all the next time.
  public func noteUse(of location: ModelLocation) throws {
    guard location != builtInLocation, try records.read()?.models[location.key] == nil else { return }
    var files: [String: ModelRecords.File] = [:]
    var stamps: [String: FileStamp] = [:]
    for path in try location.folder.files() {
      let real = FileStamp.realPath(path)
      stamps[real] = FileStamp(path)
      files[real] = ModelRecords.File(sample: try Fingerprint.of([path]), noted: Date())
    }
    try records.update { (records: inout ModelRecords?) throws(RenderError) in
      var changed = records ?? ModelRecords()
      changed.files.merge(files) { old, _ in old }
      changed.models[location.key] = ModelRecords.Model(files: stamps, noted: Date())
      records = changed
    }
  }
}
