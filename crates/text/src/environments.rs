//! The names that command lines have for the clouds of Microsoft 365.

use entra::cloud::Cloud;

/// Returns the line that picks the cloud for the Azure CLI, where it is not the one that the tool begins with.
#[must_use]
pub fn az_cloud(cloud: Cloud) -> Option<&'static str> {
    match cloud {
        Cloud::Global | Cloud::Emulator => None,
        Cloud::Usgov | Cloud::UsgovDod => Some("az cloud set --name AzureUSGovernment"),
        Cloud::China => Some("az cloud set --name AzureChinaCloud"),
        // The tool brings no name for them: whoever works there has registered one.
        Cloud::France | Cloud::Germany | Cloud::Singapore => {
            Some("# Choose your cloud first: az cloud list, then az cloud set --name NAME")
        }
    }
}

/// Returns the parameter of `az rest` that names what the token is for, with a blank before it, where the CLI can't tell that from the
/// address: it knows one Graph a cloud, which for the US government is not that of DoD (azure-cli, `send_raw_request`).
#[must_use]
pub fn az_resource(graph: &str) -> String {
    match Cloud::of_graph(graph) {
        Cloud::Global | Cloud::Usgov | Cloud::China | Cloud::Emulator => String::new(),
        Cloud::UsgovDod | Cloud::France | Cloud::Germany | Cloud::Singapore => format!(" --resource {graph}"),
    }
}

/// Returns the parameter of `Connect-MgGraph`, with a blank before it. Microsoft Graph PowerShell, `Get-MgEnvironment`.
#[must_use]
pub fn graph_powershell(cloud: Cloud) -> &'static str {
    match cloud {
        Cloud::Global | Cloud::Emulator => "",
        Cloud::Usgov => " -Environment USGov",
        Cloud::UsgovDod => " -Environment USGovDoD",
        Cloud::China => " -Environment China",
        Cloud::France => " -Environment BleuCloud",
        Cloud::Germany => " -Environment DelosCloud",
        Cloud::Singapore => " -Environment GovSGCloud",
    }
}

/// Returns the parameter of `Connect-ExchangeOnline`, with a blank before it.
/// <https://learn.microsoft.com/powershell/module/exchangepowershell/connect-exchangeonline>
#[must_use]
pub fn exchange_powershell(cloud: Cloud) -> &'static str {
    match cloud {
        Cloud::Usgov => " -ExchangeEnvironmentName O365USGovGCCHigh",
        Cloud::UsgovDod => " -ExchangeEnvironmentName O365USGovDoD",
        Cloud::China => " -ExchangeEnvironmentName O365China",
        // No name is documented for the newer sovereign clouds.
        Cloud::Global | Cloud::France | Cloud::Germany | Cloud::Singapore | Cloud::Emulator => "",
    }
}
