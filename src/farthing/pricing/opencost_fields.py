"""The keys of OpenCost's custom pricing JSON: which are prices, which are known and mean nothing to a price book."""

from __future__ import annotations

from dataclasses import dataclass

from farthing.core.units import Resource

from .book import ON_DEMAND, SPOT


@dataclass(frozen=True)
class RateField:
    """A price: what it prices, in the base unit and per hour. Above `ceiling` it can only be a price per month."""

    resource: Resource
    lifecycle: str | None
    ceiling: float


RATES: dict[str, RateField] = {
    "CPU": RateField(Resource.CPU, ON_DEMAND, 1),
    "spotCPU": RateField(Resource.CPU, SPOT, 1),
    "RAM": RateField(Resource.RAM, ON_DEMAND, 0.5),
    "spotRAM": RateField(Resource.RAM, SPOT, 0.5),
    "GPU": RateField(Resource.GPU, ON_DEMAND, 50),
    "spotGPU": RateField(Resource.GPU, SPOT, 50),
    "storage": RateField(Resource.STORAGE, None, 0.01),
    "defaultLBPrice": RateField(Resource.LOAD_BALANCER, None, 5),
}
"""Prices this book takes. Ceilings are far above what anything costs in an hour, and below what it costs in a month."""

NOT_PRICED_YET = (
    "zoneNetworkEgress", "regionNetworkEgress", "internetNetworkEgress", "natGatewayEgress", "natGatewayIngress",
    "firstFiveForwardingRulesCost", "additionalForwardingRuleCost", "LBIngressDataCost",
)  # fmt: skip
"""Prices of what is not priced here; a book that sets one says so in its notes."""

TERMS = (
    "customPricesEnabled",
    "currencyCode",
    "discount",
    "negotiatedDiscount",
    "spotLabel",
    "spotLabelValue",
    "gpuLabel",
    "gpuLabelValue",
)
"""What else counts for prices."""

OTHER = (
    "provider", "description", "projectID", "billingDataDataset", "masterPayerARN", "defaultIdle", "sharedOverhead",
    "clusterName", "clusterAccount", "sharedNamespaces", "sharedLabelNames", "sharedLabelValues", "shareTenancyCosts",
    "readOnly", "editorAccess", "kubecostToken", "googleAnalyticsTag", "excludeProviderID",
    "awsServiceKeyName", "awsServiceKeySecret", "awsSpotDataRegion", "awsSpotDataBucket", "awsSpotDataPrefix",
    "athenaProjectID", "athenaBucketName", "athenaRegion", "athenaDatabase", "athenaCatalog", "athenaTable", "athenaWorkgroup",
    "azureSubscriptionID", "azureClientID", "azureClientSecret", "azureTenantID", "azureBillingRegion", "azureBillingAccount",
    "azureOfferDurableID", "azureStorageSubscriptionID", "azureStorageAccount", "azureStorageAccessKey", "azureStorageContainer",
    "azureContainerPath", "azureCloud", "alibabaServiceKeyName", "alibabaServiceKeySecret", "alibabaClusterRegion",
)  # fmt: skip
"""Known keys that are no prices. Some hold credentials: their values are never read, shown or kept."""

FIELDS = (*RATES, *NOT_PRICED_YET, *TERMS, *OTHER)
BY_LOWER_CASE = {key.lower(): key for key in FIELDS}
"""OpenCost reads keys without regard to capitals, so do we."""
