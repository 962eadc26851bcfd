"""Add to a bill of materials (CycloneDX) what of npm the wheel has in it: GraphiQL's files.

Takes the paths of the bill and of pins.json.
"""

import base64
import json
import sys
from pathlib import Path
from urllib.parse import quote

bill, pins = map(Path, sys.argv[1:])
told = json.loads(bill.read_text(encoding="utf-8"))
root = told["metadata"]["component"]["bom-ref"]
[ours] = [each for each in told["dependencies"] if each["ref"] == root]
for pin in json.loads(pins.read_text(encoding="utf-8")):
    purl = f"pkg:npm/{quote(pin['name'], safe='/')}@{pin['version']}"
    group, _, name = pin["name"].rpartition("/")
    digest = base64.b64decode(pin["sha512"]).hex()
    told["components"].append(
        {
            "type": "library",
            "bom-ref": purl,
            **({"group": group} if group else {}),
            "name": name,
            "version": pin["version"],
            "purl": purl,
            "hashes": [{"alg": "SHA-512", "content": digest}],
        }
    )
    ours["dependsOn"].append(purl)
    told["dependencies"].append({"ref": purl})
bill.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
