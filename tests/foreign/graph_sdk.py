"""What an administrator's script does with the Microsoft Graph SDK for Python: prints what it did as JSON.

Arguments: login origin, tenant id, client id, Graph origin, certificate file. The client secret comes on standard input.
"""

import asyncio
import json
import sys
import uuid
from importlib.metadata import version

import httpx
from azure.identity import ClientSecretCredential
from kiota_authentication_azure.azure_identity_authentication_provider import AzureIdentityAuthenticationProvider
from msgraph import GraphRequestAdapter, GraphServiceClient
from msgraph.generated.applications.applications_request_builder import ApplicationsRequestBuilder
from msgraph.generated.applications.item.add_password.add_password_post_request_body import AddPasswordPostRequestBody
from msgraph.generated.applications.item.remove_password.remove_password_post_request_body import RemovePasswordPostRequestBody
from msgraph.generated.models.application import Application
from msgraph.generated.models.federated_identity_credential import FederatedIdentityCredential
from msgraph.generated.models.o_auth2_permission_grant import OAuth2PermissionGrant
from msgraph.generated.models.password_credential import PasswordCredential
from msgraph.generated.models.service_principal import ServicePrincipal
from msgraph.generated.models.unified_role_assignment import UnifiedRoleAssignment
from msgraph_core.requests.batch_request_content import BatchRequestContent
from msgraph_core.requests.batch_request_item import BatchRequestItem

LOGIN, TENANT, CLIENT, GRAPH, CA = sys.argv[1:6]
DIRECTORY_READERS = "88d8e3e3-8f55-4a1e-953a-9b9898b8876b"


async def until(read, is_seen=lambda found: found is not None):
    """Reads until another replica shows what was written."""
    for _ in range(200):
        try:
            found = await read()
        except Exception as error:  # noqa: BLE001 - the SDK raises one type for every status
            if getattr(error, "response_status_code", 0) not in (400, 404):
                raise
        else:
            if is_seen(found):
                return found
        await asyncio.sleep(0.05)
    raise RuntimeError("it was never seen")


async def main() -> dict:
    secret = sys.stdin.readline().strip()
    host = GRAPH.split("//")[1]
    credential = ClientSecretCredential(TENANT, CLIENT, secret, authority=LOGIN, disable_instance_discovery=True, connection_verify=CA)
    provider = AzureIdentityAuthenticationProvider(credential, scopes=[f"{GRAPH}/.default"], allowed_hosts=[host, host.split(":")[0]])
    adapter = GraphRequestAdapter(provider, httpx.AsyncClient(verify=CA))
    adapter.base_url = f"{GRAPH}/v1.0"
    graph = GraphServiceClient(request_adapter=adapter)
    did = {"msgraph-sdk": version("msgraph-sdk"), "azure-identity": version("azure-identity")}

    for name, read in {
        "users": graph.users.get,
        "groups": graph.groups.get,
        "organization": graph.organization.get,
        "domains": graph.domains.get,
        "subscribedSkus": graph.subscribed_skus.get,
        "servicePrincipals": graph.service_principals.get,
        "applications": graph.applications.get,
        "roleDefinitions": graph.role_management.directory.role_definitions.get,
        "roleAssignments": graph.role_management.directory.role_assignments.get,
        "grants": graph.oauth2_permission_grants.get,
    }.items():
        did[name] = len((await read()).value)
    did["authorizationPolicy"] = (await graph.policies.authorization_policy.get()).id is not None
    did["defaultAppManagementPolicy"] = (await graph.policies.default_app_management_policy.get()).is_enabled is not None

    name = f"SDK {uuid.uuid4()}"
    made = await graph.applications.post(Application(display_name=name, sign_in_audience="AzureADMyOrg", tags=["sdk"]))
    app = graph.applications.by_application_id(made.id)
    await until(app.get)
    query = ApplicationsRequestBuilder.ApplicationsRequestBuilderGetQueryParameters(filter=f"displayName eq '{name}'", select=["id", "displayName"])
    configuration = ApplicationsRequestBuilder.ApplicationsRequestBuilderGetRequestConfiguration(query_parameters=query)
    did["filtered"] = len((await until(lambda: graph.applications.get(request_configuration=configuration), lambda found: found.value)).value)
    await app.patch(Application(notes="changed"))
    await until(app.get, lambda found: found.notes == "changed")
    added = await app.add_password.post(AddPasswordPostRequestBody(password_credential=PasswordCredential(display_name="of the SDK")))
    did["secret"] = bool(added.secret_text)
    await until(app.get, lambda found: len(found.password_credentials) == 1)
    await app.remove_password.post(RemovePasswordPostRequestBody(key_id=added.key_id))
    await until(app.get, lambda found: not found.password_credentials)
    trust = FederatedIdentityCredential(name="build", issuer="https://token.example.com", subject="repo:x", audiences=["api://AzureADTokenExchange"])
    await app.federated_identity_credentials.post(trust)
    listed = await until(app.federated_identity_credentials.get, lambda found: found.value)
    await app.federated_identity_credentials.by_federated_identity_credential_id(listed.value[0].id).delete()

    principal = await until(lambda: graph.service_principals.post(ServicePrincipal(app_id=made.app_id)))
    await until(graph.service_principals.by_service_principal_id(principal.id).get)
    microsoft = next(one for one in (await graph.service_principals.get()).value if one.app_id == "00000003-0000-0000-c000-000000000000")
    grant = OAuth2PermissionGrant(client_id=principal.id, consent_type="AllPrincipals", resource_id=microsoft.id, scope="User.Read")
    did["grant"] = (await until(lambda: graph.oauth2_permission_grants.post(grant))).scope
    role = UnifiedRoleAssignment(principal_id=principal.id, role_definition_id=DIRECTORY_READERS, directory_scope_id="/")
    did["role"] = (await until(lambda: graph.role_management.directory.role_assignments.post(role))).role_definition_id == DIRECTORY_READERS

    batch = BatchRequestContent()
    for request in (graph.users.to_get_request_information(), graph.organization.to_get_request_information()):
        batch.add_request_information(request)
    answer = await graph.batch.post(batch)
    did["batch"] = sorted(one.status for one in answer.responses.values())

    await app.delete()
    deleted = graph.directory.deleted_items
    await until(deleted.graph_application.get, lambda found: any(one.id == made.id for one in found.value))
    did["deletedUsers"] = (await deleted.graph_user.get()).value is not None
    one = deleted.by_directory_object_id(made.id)
    did["deleted"] = (await one.graph_application.get()).display_name == name
    await one.restore.post()
    await until(app.get)
    await app.delete()
    await until(one.graph_application.get)
    await one.delete()
    did["gone"] = True
    return did


print(json.dumps(asyncio.run(main())))
