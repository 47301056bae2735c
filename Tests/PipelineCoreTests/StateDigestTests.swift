import PipelineCore
import Testing

@Suite("StateDigest")
struct StateDigestTests {
  private func digest(_ change: (inout StateDigest) -> Void) -> UInt64 {
    var digest = StateDigest()
    change(&digest)
    return digest.value
  }

  @Test("Every bit of an array changes the digest", arguments: [0, 1, 7, 8, 9, 16, 31])
  func everyBit(count: Int) {
    let values = (0..<count).map { Float($0) / 3 }
    var seen: Set<UInt64> = [digest { $0.add(values) }]
    for place in 0..<count {
      for bit in 0..<32 {
        var changed = values
        changed[place] = Float(bitPattern: values[place].bitPattern ^ (1 << bit))
        #expect(seen.insert(digest { $0.add(changed) }).inserted)
      }
    }
    #expect(seen.insert(digest { $0.add(values + [0]) }).inserted)
    if count > 1 { #expect(seen.insert(digest { $0.add(values.reversed()) }).inserted) }
  }

  @Test("The digest depends on what is in which array")
  func boundaries() {
    let digests = [
      digest { $0.add([1, 2, 3, 4, 5]) },
      digest {
        $0.add([1, 2])
        $0.add([3, 4, 5])
      },
      digest {
        $0.add([1, 2, 3])
        $0.add([4, 5])
      },
      digest { $0.add("12345") }, digest { $0.add("12346") }, digest { $0.add(12345) },
    ]
    #expect(Set(digests).count == digests.count)
  }
}
