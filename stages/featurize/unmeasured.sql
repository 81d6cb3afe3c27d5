-- Nodes without a single round that may be used: nothing may be invented for them.
SELECT n.measurement_id, min(n.scope || ':' || n.type) AS node, count(*) AS nodes
FROM nodes n
WHERE NOT EXISTS (FROM measurements m WHERE m.measurement_id = n.measurement_id AND NOT m.excluded)
GROUP BY n.measurement_id
ORDER BY n.measurement_id
