import PipelineCore
import TestSupport

/// Programs for the pipelines with `process.v1`, one per role.
///
/// Each waits before its greeting and before its first answer, so that a short time limit always
/// expires. The word `two`, as an argument or in the settings, changes the answers.
enum SettingPrograms {
  /// Writes the programs as `ROLE.sh`.
  static func write(to folder: TestFolder) throws {
    try folder.file("normalizer.sh", script(.normalizer, sed("", two: "s/rain/soup/g")))
    try folder.file("tokenizer.sh", script(.tokenizer, sed(spaces, two: "s/ the//g;\(spaces)")))
    try folder.file(
      "embedding.sh",
      script(
        .embedding, greeting: #","dimensions":2"#, sed(vectors("[1,0]"), two: vectors("[2,0]"))))
    try folder.file("classifier.sh", script(.classifier, classifier))
  }

  private static func script(
    _ role: StageRole, greeting: String = "", _ body: String
  ) -> String {
    """
    sleep 0.2
    IFS= read -r greeting
    printf '%s\\n' '{"protocol":1,"role":"\(role)","name":"test"\(greeting)}'
    case "$greeting $1" in *two*) two=1 ;; *) two= ;; esac
    \(body)

    """
  }

  /// Answers each request with the request as edited by sed.
  private static func sed(_ one: String, two: String) -> String {
    """
    commands='\(one)'
    if [ "$two" ]; then commands='\(two)'; fi
    IFS= read -r line || exit 0
    sleep 0.2
    printf '%s\\n' "$line" | LC_ALL=C sed "$commands"
    LC_ALL=C exec sed -u "$commands"
    """
  }

  /// Splits a text at spaces.
  private static let spaces =
    #"s/"text":" */"tokens":["/;s/ *"}$/"]}/;s/  */","/g;s/\[""\]/[]/"#

  /// Words with `a` have the vector `first`, others with `s` have (0, 3), and all others none.
  private static func vectors(_ first: String) -> String {
    #"/"word":"[^"]*a/{s/"word.*/"vector":\#(first)}/;b};"#
      + #"/"word":"[^"]*s/{s/"word.*/"vector":[0,3]}/;b};s/"word.*/"vector":null}/"#
  }

  /// Remembers the first token of each training document with its label.
  private static let classifier = #"""
    words=
    first_answer=1
    case $greeting in *'"state":"'*)
      words=${greeting#*'"state":"'}; words=$(printf '%s' "${words%%\"*}" | base64 -d) ;;
    esac
    while IFS= read -r line; do
      id=${line#*:}; id=${id%%,*}
      if [ "$first_answer" ]; then sleep 0.2; first_answer=; fi
      case $line in
        *'"train":'*)
          sleep 0.2
          printf '{"id":%s,"state":"%s"}\n' "$id" "$(printf '%s' "$words" | base64 -w 0)" ;;
        *'"label":'*)
          first=${line#*'["'}; first=${first%%\"*}; label=${line##*:}
          words="$words$first=${label%?};"
          printf '{"id":%s}\n' "$id" ;;
        *)
          first=${line#*'["'}; first=${first%%\"*}
          high=3
          if [ "$two" ]; then high=5; fi
          case $words in
            *"$first=0;"*) p="$high,1" ;;
            *"$first=1;"*) p="1,$high" ;;
            *) p='1,1' ;;
          esac
          printf '{"id":%s,"probabilities":[%s]}\n' "$id" "$p" ;;
      esac
    done
    """#
}
