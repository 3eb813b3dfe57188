-- The server's name search as a function that PostGraphile shows as a field: the first entities of which a word of a name begins so.
CREATE FUNCTION entities_named(prefix text, up_to integer) RETURNS SETOF entity LANGUAGE sql STABLE ROWS 20 AS $$
    SELECT entity.* FROM entity
    WHERE entity.id IN (
        SELECT alias.entity_id FROM alias WHERE alias.name_folded LIKE prefix || '%' OR alias.name_folded LIKE '% ' || prefix || '%'
    )
    ORDER BY entity.name_sort, entity.id
    LIMIT up_to
$$;
COMMENT ON FUNCTION entities_named IS E'@simpleCollections only';
