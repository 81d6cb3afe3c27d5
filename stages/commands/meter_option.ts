/** How a meter is named on a command line, for the help; meter_argument.ts reads it. */
export const meterOption = {
  type: 'string',
  describe: 'KIND:PORT, like emonpi:/dev/ttyUSB0; settings behind commas: emonlib:/dev/ttyACM0,uncertainty=1%',
} as const;
