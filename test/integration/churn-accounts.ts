/** The churn model's features as extension fields of an account: one that is about to leave, and one that stays. */
export const leaving = {
  tenure: '1',
  contract: 'Month-to-month',
  internetService: 'Fiber optic',
  multipleLines: 'No',
  onlineSecurity: 'No',
  onlineBackup: 'No',
  deviceProtection: 'No',
  techSupport: 'No',
  streamingTv: 'Yes',
  streamingMovies: 'Yes',
  paperlessBilling: 'Yes',
  paymentMethod: 'Electronic check',
  monthlyCharges: '95.10',
  totalCharges: '95.10',
};
export const staying = { ...leaving, tenure: '70', contract: 'Two year', totalCharges: '6657.00', techSupport: 'Yes' };
