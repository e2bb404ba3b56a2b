import Foundation
import GoldenModel
import Rendering
import SampleModels
import Testing

@testable import Models

@Suite struct RegistryTests {
  private let home: Home

  init() throws { home = try Home() }

  private func sentence(_ body: () throws -> Void) -> String? {
    do {
      try body()
      return nil
    } catch {
      return (error as? RenderError)?.sentence ?? "\(error)"
    }
  }

  @Test func theBuiltInModelIsAlwaysThere() throws {
    let found = try home.registry().find()
    #expect(found.map(\.name) == ["wan-nano"])
    #expect(found[0].source == .builtIn && found[0].variant == "nano 2 × 0.1 M" && found[0].health == .unverified)
    #expect(found[0].bytes > 1_000_000)
    #expect(try home.registry().resolve("wan-nano").location.path == GoldenModel.path)
  }

  @Test func modelsAreFoundWhereverTheyLie() throws {
    try home.model("home/models/own")
    try home.model("folders/deep/inside/other")
    let snapshot = try home.cached()
    let sample = SampleModel(in: home.path + "/ComfyUI/models")
    let high = try sample.writeComfyUI()
    let registry = home.registry(folders: [home.path + "/folders"], comfyUI: [home.path + "/ComfyUI"])
    let found = try registry.find()
    #expect(found.map(\.name) == ["wan-nano", "own", "other", "wan2.2_t2v_14B", "Wan-AI/Tiny"])
    #expect(found.map(\.source) == [.builtIn, .folder, .folder, .comfyUI, .huggingFace])
    #expect(found.map(\.format) == ["diffusers", "diffusers", "diffusers", "ComfyUI", "diffusers"])
    #expect(found[3].location.path == high && found[4].location.path == snapshot)
    #expect(found.allSatisfy { $0.health == .unverified }, "\(found.map(\.health))")
    for model in found {
      #expect(try registry.resolve(model.name).location == model.location)
      #expect(try registry.resolve(model.name.uppercased()).location == model.location)
    }
  }

  @Test func otherPipelinesAndLoRAsAreLeftOut() throws {
    let other = try home.model("home/models/picture")
    try home.damage(other + "/model_index.json") { data in
      data = Data(String(decoding: data, as: UTF8.self).replacing("WanPipeline", with: "FluxPipeline").utf8)
    }
    try SampleModel(in: home.path + "/home/models").writeVAE("wan_other.safetensors")
    #expect(try home.registry().find().map(\.name) == ["wan-nano"])
  }

  @Test func whatCannotBeOpenedIsListedWithTheReason() throws {
    let path = try home.model("home/models/cut")
    try home.damage(path + "/vae/diffusion_pytorch_model.safetensors") { $0.removeLast(100) }
    let cut = try #require(try home.registry().find().last)
    guard case .damaged(let why) = cut.health else { return #expect(Bool(false), "\(cut.health)") }
    #expect(cut.name == "cut" && why.contains("truncated") && why.contains("vae/"))
  }

  @Test func sameNamesAreToldApart() throws {
    try home.model("home/models/wan")
    try home.model("b/wan")
    let found = try home.registry(folders: [home.path + "/b"]).find()
    #expect(found.map(\.name) == ["wan-nano", "wan", "b/wan"])
  }

  @Test func namesComeAndGoAndFilesStay() throws {
    let registry = home.registry()
    let path = try home.model("elsewhere/wan")
    try registry.add(ModelLocation(path: path), name: "mine")
    try registry.add(ModelLocation(path: path), name: "mine")
    let found = try registry.find()
    #expect(found.map(\.name) == ["wan-nano", "mine"] && found[1].source == .named)
    #expect(try registry.resolve("mine") == (name: path, location: ModelLocation(path: path)))
    try registry.add(ModelLocation(path: path), name: "too")
    #expect(try registry.find().map(\.otherNames) == [[], ["too"]])
    try registry.remove("too")
    let other = try home.model("elsewhere/other")
    #expect(sentence { try registry.add(ModelLocation(path: other), name: "mine") }?.contains("already") == true)
    #expect(sentence { try registry.add(ModelLocation(path: other), name: "wan-nano") }?.contains("built-in") == true)
    #expect(sentence { try registry.add(ModelLocation(path: home.path), name: "x") }?.contains("whole model") == true)
    try registry.remove("mine")
    #expect(FileManager.default.fileExists(atPath: path + "/model_index.json"))
    #expect(try registry.find().map(\.name) == ["wan-nano"])
    #expect(sentence { try registry.remove("mine") }?.contains("no model mine") == true)
  }

  @Test(arguments: [
    "", "a b", "a/b", "-x", ".hidden", "~", "a\nb", "a\u{7}", String(repeating: "x", count: 65),
    "a\"b=c[d]", "#x", "a+b",
  ])
  func namesThatCannotBeAreRefused(_ name: String) throws {
    #expect(throws: RenderError.self) { try ModelNames.check(name) }
  }

  @Test(arguments: ["wan2.2_A14B-q8", "红色", "é", "e\u{301}"])
  func namesOfEveryScriptAreTaken(_ name: String) throws { try ModelNames.check(name) }

  @Test func whatNamesNothingIsSaid() throws {
    let registry = home.registry()
    #expect(sentence { _ = try registry.resolve("") }?.contains("empty") == true)
    let link = home.path + "/loop"
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: link)
    #expect(sentence { _ = try registry.resolve(link) }?.hasPrefix("\(link) is a link") == true)
  }

  @Test func foundModelsAreNotRemoved() throws {
    try home.model("home/models/own")
    #expect(sentence { try home.registry().remove("own") }?.contains("deletes no models") == true)
    #expect(FileManager.default.fileExists(atPath: home.path + "/home/models/own/model_index.json"))
  }

  @Test func anUnknownNameListsNearOnes() throws {
    try home.model("home/models/wan2.2")
    let registry = home.registry()
    #expect(sentence { _ = try registry.resolve("wan22") }?.contains("did you mean wan2.2?") == true)
    #expect(sentence { _ = try registry.resolve("wan-nan") }?.contains("wan-nano") == true)
    #expect(sentence { _ = try registry.resolve("sora") }?.contains("did you mean") == false)
    #expect(sentence { _ = try registry.resolve("a\u{1B}[31m") }?.contains("\u{1B}") == false)
  }

  @Test func theActiveModelIsRemembered() throws {
    let registry = home.registry()
    #expect(try registry.active() == nil)
    let chosen = ModelLocation(path: "/a", experts: ExpertFiles(high: "/h", low: "/l"))
    try registry.setActive(chosen)
    #expect(try home.registry().active() == chosen)
    try registry.setActive(ModelLocation(path: GoldenModel.path))
    #expect(try registry.active() == nil)
  }

  @Test func aDamagedFileOfNamesIsSaid() throws {
    let file = home.path + "/home/models.json"
    try FileManager.default.createDirectory(atPath: home.path + "/home", withIntermediateDirectories: true)
    try "{\"aliases\": 7}".write(toFile: file, atomically: true, encoding: .utf8)
    let registry = home.registry()
    #expect(sentence { _ = try registry.find() }?.contains("models.json is damaged") == true)
    #expect(sentence { try registry.setActive(ModelLocation(path: "/a")) }?.contains("damaged") == true)
    #expect(try String(contentsOfFile: file, encoding: .utf8) == "{\"aliases\": 7}")
  }

  @Test func manyProgramsMayGiveNames() async throws {
    let path = try home.model("elsewhere/wan")
    let registry = home.registry()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for index in 0..<8 {
        group.addTask { try registry.add(ModelLocation(path: path), name: "n\(index)") }
      }
      try await group.waitForAll()
    }
    for index in 0..<8 { #expect(try registry.resolve("n\(index)").location.path == path) }
  }
}

@Suite struct HuggingFaceCacheTests {
  @Test func placesAreThoseOfTheClients() {
    func hub(_ environment: [String: String]) -> String { HuggingFaceCache(environment: environment).hub }
    #expect(hub(["HOME": "/u"]) == "/u/.cache/huggingface/hub")
    #expect(hub(["HOME": "/u", "XDG_CACHE_HOME": "/c"]) == "/c/huggingface/hub")
    #expect(hub(["HOME": "/u", "HF_HOME": "/h"]) == "/h/hub")
    #expect(hub(["HF_HOME": "/h", "HF_HUB_CACHE": "/x"]) == "/x")
    #expect(hub(["HF_HOME": "", "HOME": "/u"]) == "/u/.cache/huggingface/hub")
  }

  @Test func aFileTellsItsRepository() {
    let file = "/h/hub/models--Wan-AI--Wan2.2/snapshots/abc/vae/model.safetensors"
    let found = HuggingFaceCache.repository(of: file)
    #expect(found?.name == "Wan-AI/Wan2.2" && found?.file == "vae/model.safetensors")
    #expect(HuggingFaceCache.repository(of: "/snapshots/a/b") == nil)
    #expect(HuggingFaceCache.repository(of: "/data/vae/model.safetensors") == nil)
  }

  @Test(arguments: [
    ("/m/wan2.2_t2v_high_noise_14B_Q4_K_M.gguf", "wan2.2_t2v_14B_Q4_K_M"),
    ("/m/Wan2.2-T2V-A14B-HighNoise-Q4_K_M.gguf", "Wan2.2-T2V-A14B-Q4_K_M"),
    ("/m/Wan2_2-T2V-A14B_HIGH_fp8_scaled_KJ.safetensors", "Wan2_2-T2V-A14B_fp8_scaled_KJ"),
    ("/m/high_noise.safetensors", "high_noise"), ("/m/wan2.2", "wan2.2"),
  ])
  func titlesLeaveTheExpertOut(_ path: String, _ title: String) {
    #expect(ModelSearch.title(path) == title)
  }
}
