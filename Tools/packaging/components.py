#!/usr/bin/env python3
"""Documents the contents of a package: licences of its components, and a list of them as SPDX 2.3.

    components.py --binary UNSTRIPPED --build FOLDER --time SECONDS PACKAGE

PACKAGE is the folder that is packed, with bin/docket in it. The files are written to its
share/doc/docket.
"""

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import time

APACHE = "Apache-2.0"
SWIFT = "Apache-2.0 WITH Swift-exception"
APPLE = "Apple Inc. and the Swift project authors"
# Name, a symbol that only this component defines, licence, copyright, licence text, home page.
COMPONENTS = [
    ("Swift runtime", "swift_retain", SWIFT, APPLE, "swift", "https://www.swift.org"),
    ("swift-corelibs-libdispatch", "dispatch_apply_f", SWIFT, APPLE, "swift",
     "https://github.com/swiftlang/swift-corelibs-libdispatch"),
    ("BlocksRuntime", "_Block_copy", "MIT", "2008-2010 Apple Inc.", "mit",
     "https://github.com/swiftlang/swift-corelibs-libdispatch"),
    ("swift-foundation", "$s20FoundationEssentials", SWIFT, APPLE, "swift",
     "https://github.com/swiftlang/swift-foundation"),
    ("swift-corelibs-foundation", "CFStringCreateMutable", SWIFT, APPLE, "swift",
     "https://github.com/swiftlang/swift-corelibs-foundation"),
    ("swift-foundation-icu", "ucol_open", "Unicode-3.0", "2016-2024 Unicode, Inc.", "unicode",
     "https://github.com/swiftlang/swift-foundation-icu"),
    ("swift-argument-parser", "$s14ArgumentParser", SWIFT, APPLE, "swift-argument-parser",
     "https://github.com/apple/swift-argument-parser"),
    ("Yams", "$s4Yams", "MIT", "2016 JP Simard", "yams", "https://github.com/jpsim/Yams"),
    ("LibYAML", "yaml_parser_initialize", "MIT",
     "2017-2020 Ingy döt Net, 2006-2016 Kirill Simonov", "mit",
     "https://github.com/yaml/libyaml"),
]


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def versions(build):
    """Returns the version of each Swift package, and the version of Swift."""
    with open(os.path.join(build, "workspace-state.json"), encoding="utf-8") as file:
        packages = json.load(file)["object"]["dependencies"]
    found = {p["packageRef"]["identity"]: p["state"]["checkoutState"]["version"] for p in packages}
    swift = re.search(r"Swift version (\S+)", output("swift", "--version"))[1]
    return found, swift


def library_packages(binary):
    """Returns the packages of this system whose shared libraries the program loads."""
    found = {}
    for path in re.findall(r"=> (/\S+)", output("ldd", binary)):
        for candidate in (path, os.path.realpath(path)):
            # A library in /lib may be registered as one in /usr/lib, and vice versa.
            names = {candidate, candidate.removeprefix("/usr"), "/usr" + candidate}
            for name in sorted(names):
                query = subprocess.run(["dpkg", "-S", name], capture_output=True, text=True)
                if query.returncode == 0:
                    package = query.stdout.split(":")[0]
                    found[package] = output(
                        "dpkg-query", "--show", "--showformat=${Version}\n", package).split()[0]
    return sorted(found.items())


def identifier(name):
    return "SPDXRef-" + re.sub(r"[^A-Za-z0-9.-]", "-", name)


def hashes(path):
    with open(path, "rb") as file:
        data = file.read()
    return hashlib.sha1(data).hexdigest(), hashlib.sha256(data).hexdigest()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True)
    parser.add_argument("--build", required=True)
    parser.add_argument("--time", type=int, required=True)
    parser.add_argument("package")
    options = parser.parse_args()
    root = options.package
    folder = os.path.join(root, "share/doc/docket")
    licences = os.path.join(folder, "licences")
    os.makedirs(licences, exist_ok=True)
    version = output(os.path.join(root, "bin/docket"), "--version").split()[1]
    package_versions, swift = versions(options.build)

    # A component is in the program if its symbol is, so the list contains only what was linked.
    symbols = output("nm", options.binary)
    components = [c for c in COMPONENTS if c[1] in symbols]
    toolchain = os.path.dirname(os.path.dirname(os.path.realpath(shutil.which("swift"))))
    here = os.path.dirname(os.path.abspath(__file__))
    checkouts = os.path.join(options.build, "checkouts")
    texts = {
        "swift": os.path.join(toolchain, "share/swift/LICENSE.txt"),
        "unicode": os.path.join(here, "licences/Unicode-3.0.txt"),
        "mit": os.path.join(here, "licences/MIT.txt"),
        "swift-argument-parser": os.path.join(checkouts, "swift-argument-parser/LICENSE.txt"),
        "yams": os.path.join(checkouts, "Yams/LICENSE"),
    }
    notice = [
        f"docket {version} is under the Apache License 2.0; see LICENSE.",
        "",
        "The program has these components inside. Their licences are in the folder licences.",
        "",
    ]
    for name, _, licence, copyright, text, home in components:
        notice += [f"{name}", f"  {home}", f"  Copyright {copyright}",
                   f"  {licence}, licences/{text}.txt", ""]
        shutil.copyfile(texts[text], os.path.join(licences, f"{text}.txt"))
    notice += ["It loads shared libraries of the system, which are not part of this package.", ""]
    with open(os.path.join(folder, "NOTICE"), "w", encoding="utf-8") as file:
        file.write("\n".join(notice))

    files = []
    for parent, folders, names in os.walk(root):
        folders.sort()
        for name in sorted(names):
            path = os.path.join(parent, name)
            sha1, sha256 = hashes(path)
            relative = os.path.relpath(path, root)
            files.append({
                "fileName": "./" + relative, "SPDXID": identifier("file-" + relative),
                "checksums": [{"algorithm": "SHA1", "checksumValue": sha1},
                              {"algorithm": "SHA256", "checksumValue": sha256}],
                "licenseConcluded": "NOASSERTION", "copyrightText": "NOASSERTION",
                "fileTypes": ["BINARY" if relative.startswith("bin/") else "TEXT"],
            })
    sums = sorted(file["checksums"][0]["checksumValue"] for file in files)
    docket = {
        "SPDXID": identifier("docket"), "name": "docket", "versionInfo": version,
        "downloadLocation": "NOASSERTION", "filesAnalyzed": True,
        "packageVerificationCode": {
            "packageVerificationCodeValue": hashlib.sha1("".join(sums).encode()).hexdigest(),
            "packageVerificationCodeExcludedFiles": ["./share/doc/docket/docket.spdx.json"]},
        "licenseConcluded": APACHE, "licenseDeclared": APACHE,
        "copyrightText": "NOASSERTION", "primaryPackagePurpose": "APPLICATION",
    }
    packages, relations = [docket], [("SPDXRef-DOCUMENT", "DESCRIBES", docket["SPDXID"])]
    for name, _, licence, copyright, _, home in components:
        packages.append({
            "SPDXID": identifier(name), "name": name,
            # LibYAML comes with Yams; anything else that is not a Swift package comes with Swift.
            "versionInfo": package_versions.get(name.lower(), swift) if name != "LibYAML"
            else "as in Yams " + package_versions["yams"],
            "downloadLocation": "NOASSERTION", "homepage": home, "filesAnalyzed": False,
            "licenseConcluded": licence, "licenseDeclared": licence,
            "copyrightText": f"Copyright {copyright}", "primaryPackagePurpose": "LIBRARY"})
        relations.append((docket["SPDXID"], "STATIC_LINK", identifier(name)))
    for name, library_version in library_packages(os.path.join(root, "bin/docket")):
        packages.append({
            "SPDXID": identifier("system-" + name), "name": name, "versionInfo": library_version,
            "downloadLocation": "NOASSERTION", "filesAnalyzed": False,
            "licenseConcluded": "NOASSERTION", "licenseDeclared": "NOASSERTION",
            "copyrightText": "NOASSERTION", "primaryPackagePurpose": "LIBRARY"})
        relations.append((docket["SPDXID"], "DYNAMIC_LINK", identifier("system-" + name)))
    relations += [(docket["SPDXID"], "CONTAINS", file["SPDXID"]) for file in files]
    name = os.path.basename(os.path.abspath(root))
    document = {
        "spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT",
        "name": name,
        # The checksums of the files are part of this name, which makes it unique.
        "documentNamespace": f"https://spdx.org/spdxdocs/{name}-"
        + docket["packageVerificationCode"]["packageVerificationCodeValue"],
        "creationInfo": {
            "created": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(options.time)),
            "creators": ["Tool: components.py"]},
        "packages": packages, "files": files,
        "relationships": [
            {"spdxElementId": a, "relationshipType": kind, "relatedSpdxElement": b}
            for a, kind, b in relations],
    }
    with open(os.path.join(folder, "docket.spdx.json"), "w", encoding="utf-8") as file:
        json.dump(document, file, indent=2, ensure_ascii=False)
        file.write("\n")
    print("inside:", ", ".join(component[0] for component in components))


if __name__ == "__main__":
    main()
