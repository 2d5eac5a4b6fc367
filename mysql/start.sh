#!/bin/bash
# Starts the server with its three users as the environment names them: whenever it starts, so that
# a changed password or grant needs no more than `docker compose up`. Root's password is drawn by
# the server at each start and told to nobody, no file among them.
set -euo pipefail
shopt -s extglob
umask 077

refuse() { echo "mysql: $*" >&2; exit 1; }
# password LOADER: the first line, less the blanks around it, of the file that LOADER_PASSWORD_FILE
# names; else LOADER_PASSWORD
password() {
  local variable=${1}_PASSWORD file=${1}_PASSWORD_FILE secret
  if [ -z "${!file:-}" ]; then
    [ -n "${!variable:-}" ] || refuse \
      "$variable is empty or missing: set it," \
      "or $file to a file with the password in its first line"
    printf %s "${!variable}"
  else
    IFS= read -r secret < "${!file}" || [ -n "${secret:-}" ] \
      || refuse "$file: the first line of ${!file} is empty or cannot be read"
    secret=${secret#$'\xef\xbb\xbf'}  # the mark that some editors begin a file with
    secret=${secret##+([[:space:]])}
    secret=${secret%%+([[:space:]])}
    [ -n "$secret" ] || refuse \
      "$file: the first line of ${!file} is empty; write the password there, or unset $file"
    printf %s "$secret"
  fi
}
quoted() { local text=${1//\\/\\\\}; printf "'%s'" "${text//\'/\\\'}"; }

loader=$(password LOADER)  # one a line: of several, only the last may fail
dbt=$(password DBT)
api=$(password API)
unset LOADER_PASSWORD DBT_PASSWORD API_PASSWORD

users=/run/onet/users.sql  # in memory
# grant USER PASSWORD 'RIGHTS ON DATABASE' …; in a grant an underscore stands for any character
# unless it is escaped
grant() {
  local user=$1 secret; secret=$(quoted "$2"); shift 2
  echo "create user if not exists $user@'%' identified by $secret;"
  echo "alter user $user@'%' identified by $secret;"
  for right; do echo "grant $right.* to $user@'%';"; done
}
{
  # shellcheck disable=SC2016  # backquotes are MySQL's
  grant onet_loader "$loader" 'all on `onet\_raw`' 'all on `onet\_employer\_raw`'
  # shellcheck disable=SC2016
  grant onet_dbt "$dbt" 'select on `onet\_raw`' 'all on `onet\_build`' 'all on `onet\_core`' \
    'all on `onet`' \
    'select on `onet\_employer\_raw`' 'all on `onet\_employer\_build`' \
      'all on `onet\_employer\_core`' 'all on `onet\_employer`'
  grant onet_api "$api" 'select on `onet`'
  echo "alter user root@localhost identified by random password;"
} > "$users"
cat > /run/onet/backup.cnf <<END  # for mysqldump and mysql, see README
[client]
user=onet_dbt
password="${dbt//\\/\\\\}"
[mysqldump]
single-transaction
set-gtid-purged=OFF
no-tablespaces
loose-skip-masking-policies
END
unset loader dbt api

# The data are made here and not by the image's entrypoint, which would have to be told a password
# for root. Nobody can connect before the statements above have run. A first start that was killed
# begins again.
data=/var/lib/mysql unfinished=/var/lib/mysql/.onet-unfinished
chown mysql /run/onet /run/onet/* /var/run/mysqld
if [ -e $unfinished ]; then
  find $data -mindepth 1 ! -path $unfinished -delete
elif [ ! -d $data/mysql ]; then
  chown mysql $data
  touch $unfinished
fi
if [ -e $unfinished ]; then
  "$@" --user=mysql --initialize-insecure --log-error-verbosity=1
  rm $unfinished
fi
exec docker-entrypoint.sh "$@" --init-file="$users"
