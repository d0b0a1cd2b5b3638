-- Links that the journey follows: code 00000001 to 00002710.
INSERT INTO links (code, url)
SELECT lpad(to_hex(number), 8, '0'), 'https://example.com/' || number
FROM generate_series(1, 10000) AS number;
