-- The server's name search as a function that PostGraphile shows as a field: the first entities of which a word of a name begins so.
-- Materialised, as for names that many bear the planner would otherwise walk through all entities by name.
CREATE FUNCTION entities_named(prefix text, up_to integer) RETURNS SETOF entity LANGUAGE sql STABLE ROWS 20 AS $$
    WITH bearing AS MATERIALIZED (
        SELECT DISTINCT name_start.entity_id FROM name_start
        WHERE name_start.start >= prefix AND name_start.start < prefix || U&'\+10FFFF'
    )
    SELECT entity.* FROM bearing JOIN entity ON entity.id = bearing.entity_id
    ORDER BY entity.name_sort, entity.id
    LIMIT up_to
$$;
COMMENT ON FUNCTION entities_named IS E'@simpleCollections only';
