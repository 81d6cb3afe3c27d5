-- The meter's windows on the host's clock.
CREATE TEMP VIEW wall_windows AS
SELECT
  host_us(at_us) AS at_us,
  host_us(from_us) AS from_us,
  host_us(to_us) AS to_us,
  power_w,
  before_w,
  after_w,
  apparent_va,
  instant,
  gap
FROM windows
