"""A job that connects as an App session: MSAL for Python gets a token with the secret on standard input, and reads Graph with it."""
import json
import sys
import urllib.request
import ssl

import msal

authority, client_id, graph, ca = sys.argv[1:]
app = msal.ConfidentialClientApplication(client_id, authority=authority, client_credential=sys.stdin.read().strip(), instance_discovery=False, verify=ca)
answer = app.acquire_token_for_client([f"{graph}/.default"])
if "access_token" not in answer:
    sys.exit(answer.get("error_description", "no token"))
request = urllib.request.Request(f"{graph}/v1.0/users?$select=userPrincipalName", headers={"Authorization": "Bearer " + answer["access_token"]})
with urllib.request.urlopen(request, context=ssl.create_default_context(cafile=ca)) as response:
    print(json.dumps([user["userPrincipalName"] for user in json.load(response)["value"]]))
