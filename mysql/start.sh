#!/bin/bash
# Starts the server with its three users as the environment names them: whenever it starts, so that a changed password or grant needs no
# more than `docker compose up`. Root's password is drawn anew and told to nobody.
set -euo pipefail
umask 077

password() {  # password LOADER: from the file that LOADER_PASSWORD_FILE names, else from LOADER_PASSWORD
  local file=${1}_PASSWORD_FILE value=${1}_PASSWORD
  if [ -n "${!file:-}" ]; then head -n 1 "${!file}" | tr -d '\r\n'; else printf %s "${!value:?}"; fi
}
quoted() { local text=${1//\\/\\\\}; printf "'%s'" "${text//\'/\\\'}"; }

users=/run/onet/users.sql  # in memory
grant() {  # grant USER PASSWORD 'RIGHTS ON DATABASE' …; in a grant an underscore stands for any character unless it is escaped
  local user=$1 secret; secret=$(quoted "$2"); shift 2
  echo "create user if not exists $user@'%' identified by $secret;"
  echo "alter user $user@'%' identified by $secret;"
  for right; do echo "grant $right.* to $user@'%';"; done
}
{
  # shellcheck disable=SC2016  # backquotes are MySQL's
  grant onet_loader "$(password LOADER)" 'all on `onet\_raw`' 'all on `onet\_employer\_raw`'
  # shellcheck disable=SC2016
  grant onet_dbt "$(password DBT)" 'select on `onet\_raw`' 'all on `onet\_build`' 'all on `onet\_core`' 'all on `onet`' \
    'select on `onet\_employer\_raw`' 'all on `onet\_employer\_build`' 'all on `onet\_employer\_core`' 'all on `onet\_employer`'
  grant onet_api "$(password API)" 'select on `onet`'
} > "$users"
secret=$(password DBT)
cat > /run/onet/backup.cnf <<END  # for mysqldump and mysql, see README
[client]
user=onet_dbt
password="${secret//\\/\\\\}"
[mysqldump]
single-transaction
set-gtid-purged=OFF
no-tablespaces
loose-skip-masking-policies
END

root=$(head -c 24 /dev/urandom | base64)
unset LOADER_PASSWORD DBT_PASSWORD API_PASSWORD secret
if [ -d /var/lib/mysql/mysql ]; then
  echo "alter user root@localhost identified by $(quoted "$root");" >> "$users"
  set -- "$@" --init-file="$users"
else  # while it initialises, the server takes no statements about users from an --init-file
  export MYSQL_ROOT_PASSWORD=$root MYSQL_ROOT_HOST=localhost MYSQL_INITDB_SKIP_TZINFO=1
  ln -sf "$users" /docker-entrypoint-initdb.d/users.sql
fi
chown -R mysql /run/onet
exec docker-entrypoint.sh "$@"
