/** Why an offer is not carried out, whatever the cluster looks like. */
export interface OfferRefusal {
  readonly reason: string;
  readonly message: string;
}
